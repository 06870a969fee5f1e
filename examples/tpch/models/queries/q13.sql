/* towpath
description: How many customers placed how many orders
tags: [tpch]
checks:
  - unique(c_count)
  - {name: every_customer_once, sql: "SELECT 1 FROM queries.q13 HAVING sum(custdist) <> (SELECT count(*) FROM tpch.customer)"}
*/
WITH per_customer AS (
  SELECT c_custkey, count(o_orderkey) AS c_count
  FROM tpch.customer
  LEFT JOIN tpch.orders
    ON o_custkey = c_custkey AND o_comment NOT LIKE '%special%requests%'
  GROUP BY c_custkey
)
SELECT c_count, count(*) AS custdist
FROM per_customer
GROUP BY c_count
ORDER BY custdist DESC, c_count DESC
