/* towpath
description: What dropping small discounts in 1994 would have brought in
tags: [tpch]
checks:
  - "row_count(1, 1)"
*/
SELECT sum(l_extendedprice * l_discount) AS revenue
FROM tpch.lineitem
WHERE l_shipdate >= DATE '1994-01-01'
  AND l_shipdate < DATE '1995-01-01'
  AND l_discount BETWEEN 0.05 AND 0.07
  AND l_quantity < 24
