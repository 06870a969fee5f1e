select * from {{ ref('daily_calls') }} order by minutes desc limit 10
