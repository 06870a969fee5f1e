select
    c.call_id,
    c.imo,
    c.arrived_on,
    c.arrived_at,
    c.berth_id,
    {{ dbt.datediff('c.arrived_at', 'c.left_at', 'minute') }} as minutes,
    {{ datediff('c.arrived_at', 'c.left_at', 'week') }} as weeks,
    {{ dbt.dateadd('day', 1, 'c.arrived_at') }} as next_day
from {{ ref('stg_calls') }} as c
where c.status <> 'planned'
