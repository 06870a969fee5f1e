/* towpath
description: Revenue per day and region
kind: incremental         # table (default) | view | incremental | merge | append | scd2
time: day
grain: day
start: 2013-01-01
lookback: 2
key: [day, region]
columns: {day: date, region: varchar, revenue: "decimal(18,2)"}
checks: [not_null(day), "unique(day, region)", "revenue >= 0", 'range(revenue, 0, )']
partition_by: [month(day), region]
sort_by: region
tags: [finance]
*/
SELECT order_day AS day, region, SUM(amount)::DECIMAL(18,2) AS revenue
FROM staging.orders
WHERE order_day >= $start AND order_day < $end
GROUP BY ALL
