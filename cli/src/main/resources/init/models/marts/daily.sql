/* towpath
description: Revenue per day and region
columns: {day: date, region: varchar, orders: bigint, revenue: "decimal(38,2)"}
checks: ["unique(day, region)", not_null(day), "revenue >= 0"]
tags: [finance]
*/
SELECT order_day AS day, region, count(*) AS orders, sum(amount) AS revenue
FROM staging.orders
GROUP BY ALL
