/* towpath
description: Minimum cost supplier of each brass part of size 15 in Europe
tags: [tpch]
checks:
  - "row_count(0, 100)"
*/
WITH european AS (
  SELECT
    ps_partkey, ps_supplycost, s_acctbal, s_name, s_address, s_phone, s_comment, n_name
  FROM tpch.partsupp
  JOIN tpch.supplier ON s_suppkey = ps_suppkey
  JOIN tpch.nation ON n_nationkey = s_nationkey
  JOIN tpch.region ON r_regionkey = n_regionkey
  WHERE r_name = 'EUROPE'
)
SELECT s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone, s_comment
FROM tpch.part
JOIN european ON ps_partkey = p_partkey
WHERE p_size = 15
  AND p_type LIKE '%BRASS'
  AND ps_supplycost = (
    SELECT min(cheapest.ps_supplycost)
    FROM european AS cheapest
    WHERE cheapest.ps_partkey = part.p_partkey
  )
ORDER BY s_acctbal DESC, n_name, s_name, p_partkey
LIMIT 100
