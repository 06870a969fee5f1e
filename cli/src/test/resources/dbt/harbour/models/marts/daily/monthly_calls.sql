{{ config(materialized='incremental', incremental_strategy='append') }}

select
    {{ date_trunc('month', 'arrived_at') }}::date as month,
    b.quay,
    count(*) as calls
from {{ ref('int_call_minutes') }} as c
left join {{ ref('berths') }} as b using (berth_id)
{% if is_incremental() %}
where month > (select coalesce(max(month), date '1900-01-01') from {{ this }})
{% endif %}
group by 1, 2
