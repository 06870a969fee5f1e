/* towpath
description: Brazil's share of the American market for one type of steel part
tags: [tpch]
checks:
  - "range(mkt_share, 0, 1)"
*/
WITH sales AS (
  SELECT
    year(o_orderdate) AS o_year,
    l_extendedprice * (1 - l_discount) AS volume,
    seller.n_name AS nation
  FROM tpch.part
  JOIN tpch.lineitem ON l_partkey = p_partkey
  JOIN tpch.supplier ON s_suppkey = l_suppkey
  JOIN tpch.orders ON o_orderkey = l_orderkey
  JOIN tpch.customer ON c_custkey = o_custkey
  JOIN tpch.nation AS buyer ON buyer.n_nationkey = c_nationkey
  JOIN tpch.region ON r_regionkey = buyer.n_regionkey
  JOIN tpch.nation AS seller ON seller.n_nationkey = s_nationkey
  WHERE r_name = 'AMERICA'
    AND o_orderdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'
    AND p_type = 'ECONOMY ANODIZED STEEL'
)
SELECT
  o_year,
  sum(CASE WHEN nation = 'BRAZIL' THEN volume ELSE 0 END) / sum(volume) AS mkt_share
FROM sales
GROUP BY o_year
ORDER BY o_year
