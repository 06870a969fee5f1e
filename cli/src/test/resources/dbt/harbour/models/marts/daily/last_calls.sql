{{ config(
    materialized='incremental',
    unique_key='imo',
    incremental_strategy='delete+insert'
) }}

select
    imo,
    max(arrived_at) as last_arrived_at
from {{ ref('stg_calls') }}
{% if is_incremental() %}
where arrived_at > (select max(last_arrived_at) from {{ this }})
{% endif %}
group by imo
