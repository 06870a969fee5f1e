{{ config(materialized='streaming', post_hook="vacuum", grants={'select': ['me']}) }}
select random() as r from {{ ref('base') }}
