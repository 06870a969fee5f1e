/* towpath
description: How far the orders of each day have come
columns:
  placed_on: date
  orders: {type: bigint, description: All that were not made void}
  paid: {type: bigint, description: "Those that got so far, or further"}
  shipped: bigint
  delivered: bigint
  cancelled: bigint
checks:
  - unique(placed_on)
  - delivered <= shipped AND shipped <= paid AND paid + cancelled <= orders
tags: [marts]
*/
SELECT
  placed_on,
  count(*) AS orders,
  count(*) FILTER (status IN ('paid', 'shipped', 'delivered')) AS paid,
  count(*) FILTER (status IN ('shipped', 'delivered')) AS shipped,
  count(*) FILTER (status = 'delivered') AS delivered,
  count(*) FILTER (status = 'cancelled') AS cancelled
FROM core.orders
GROUP BY ALL
