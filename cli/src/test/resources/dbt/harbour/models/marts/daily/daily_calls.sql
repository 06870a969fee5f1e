{{ config(materialized='incremental', on_schema_change='fail') }}

with calls as (

    select * from {{ ref('int_call_minutes') }}

    {% if is_incremental() %}
    where arrived_on > (select max(arrived_on) from {{ this }})
    {% endif %}

)

select
    arrived_on,
    count(*) as calls,
    count(distinct imo) as ships,
    sum(minutes) as minutes,
    sum(weeks) as weeks,
    max(next_day) as next_day,
    sum(case when minutes > {{ var('late_minutes') }} then 1 else 0 end) as long_calls
from calls
group by arrived_on
