/* towpath
description: What was earned each day in each category
columns:
  sold_on: {type: date, description: "The day in Amsterdam on which the orders were placed"}
  category: varchar
  units: {type: bigint, description: How many things}
  revenue: {type: "decimal(18,2)", description: "In euros, at the prices that held then"}
checks:
  - unique(sold_on, category)
  - revenue > 0
sort_by: [sold_on, category]
exports:
  - {to: exports/revenue.csv}
tags: [marts]
*/
SELECT
  placed_on AS sold_on,
  category,
  sum(quantity)::BIGINT AS units,
  sum(quantity * price)::DECIMAL(18, 2) AS revenue
FROM core.sales
WHERE status IN ('paid', 'shipped', 'delivered')
GROUP BY ALL
