/* towpath
description: The share of revenue from parts on promotion in one month
tags: [tpch]
checks:
  - "range(promo_revenue, 0, 100)"
*/
SELECT
  100.00
  * sum(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END)
  / sum(l_extendedprice * (1 - l_discount)) AS promo_revenue
FROM tpch.lineitem
JOIN tpch.part ON p_partkey = l_partkey
WHERE l_shipdate >= DATE '1995-09-01'
  AND l_shipdate < DATE '1995-10-01'
