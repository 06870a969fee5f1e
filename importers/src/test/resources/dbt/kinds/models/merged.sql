{{ config(materialized='incremental', unique_key=['id'], incremental_strategy='merge') }}
select * from {{ ref('base') }}
{% if is_incremental() %}
where seen_at > (select max(seen_at) from {{ this }})
{% endif %}
