/* towpath
description: Customers with money who have not ordered, by country code
tags: [tpch]
checks:
  - unique(cntrycode)
*/
WITH callable AS (
  SELECT substr(c_phone, 1, 2) AS cntrycode, c_acctbal, c_custkey
  FROM tpch.customer
  WHERE substr(c_phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17')
)
SELECT cntrycode, count(*) AS numcust, sum(c_acctbal) AS totacctbal
FROM callable
WHERE c_acctbal > (SELECT avg(c_acctbal) FROM callable WHERE c_acctbal > 0.00)
  AND NOT EXISTS (SELECT 1 FROM tpch.orders WHERE o_custkey = c_custkey)
GROUP BY cntrycode
ORDER BY cntrycode
