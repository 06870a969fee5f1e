/* towpath
description: Yearly revenue lost if small orders of one part were no longer filled
tags: [tpch]
checks:
  - "row_count(1, 1)"
*/
SELECT sum(l_extendedprice) / 7.0 AS avg_yearly
FROM tpch.lineitem
JOIN tpch.part ON p_partkey = l_partkey
WHERE p_brand = 'Brand#23'
  AND p_container = 'MED BOX'
  AND l_quantity < (
    SELECT 0.2 * avg(same.l_quantity)
    FROM tpch.lineitem AS same
    WHERE same.l_partkey = part.p_partkey
  )
