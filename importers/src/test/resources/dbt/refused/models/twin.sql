{{ config(alias='fine') }}
select 2 as a
