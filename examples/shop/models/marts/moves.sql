/* towpath
description: "Who moved, from where, to where"
columns:
  customer_id: integer
  moved_at: timestamptz
  from_city: varchar
  to_city: varchar
checks:
  - unique(customer_id, moved_at)
  - from_city <> to_city
tags: [marts]
*/
SELECT customer_id, valid_from AS moved_at, from_city, city AS to_city
FROM (
  SELECT *, lag(city) OVER (PARTITION BY customer_id ORDER BY valid_from) AS from_city
  FROM core.customers
)
WHERE from_city <> city
