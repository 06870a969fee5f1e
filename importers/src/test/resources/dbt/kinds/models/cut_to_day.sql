{{ config(materialized='incremental', unique_key='day', incremental_strategy='delete+insert') }}
select date_trunc('month', seen_at)::date as day, count(*) as n
from {{ ref('base') }}
{% if is_incremental() %}
where seen_at >= (select max(day) from {{ this }})
{% endif %}
group by 1
