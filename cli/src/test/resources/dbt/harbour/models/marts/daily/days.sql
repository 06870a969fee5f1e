with days as (
    {{ dbt.date_spine(
        datepart="day",
        start_date="cast('2025-01-01' as date)",
        end_date="cast('2025-03-01' as date)"
    ) }}
)

select
    cast(date_day as date) as day,
    coalesce(d.calls, 0) as calls,
    {{ dbt.last_day('date_day', 'month') }} as month_end,
    coalesce(d.minutes, 0) as minutes
from days
left join {{ ref('daily_calls') }} as d on d.arrived_on = days.date_day
