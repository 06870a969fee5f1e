/* towpath
description: Revenue in Asia from suppliers in the customer's own country
tags: [tpch]
checks:
  - unique(n_name)
*/
SELECT n_name, sum(l_extendedprice * (1 - l_discount)) AS revenue
FROM tpch.customer
JOIN tpch.orders ON o_custkey = c_custkey
JOIN tpch.lineitem ON l_orderkey = o_orderkey
JOIN tpch.supplier ON s_suppkey = l_suppkey AND s_nationkey = c_nationkey
JOIN tpch.nation ON n_nationkey = s_nationkey
JOIN tpch.region ON r_regionkey = n_regionkey
WHERE r_name = 'ASIA'
  AND o_orderdate >= DATE '1994-01-01'
  AND o_orderdate < DATE '1995-01-01'
GROUP BY n_name
ORDER BY revenue DESC
