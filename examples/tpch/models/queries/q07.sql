/* towpath
description: Trade between France and Germany by year of shipping
tags: [tpch]
checks:
  - "accepted(supp_nation, ['FRANCE', 'GERMANY'])"
  - supp_nation <> cust_nation
*/
WITH shipping AS (
  SELECT
    seller.n_name AS supp_nation,
    buyer.n_name AS cust_nation,
    year(l_shipdate) AS l_year,
    l_extendedprice * (1 - l_discount) AS volume
  FROM tpch.supplier
  JOIN tpch.lineitem ON l_suppkey = s_suppkey
  JOIN tpch.orders ON o_orderkey = l_orderkey
  JOIN tpch.customer ON c_custkey = o_custkey
  JOIN tpch.nation AS seller ON seller.n_nationkey = s_nationkey
  JOIN tpch.nation AS buyer ON buyer.n_nationkey = c_nationkey
  WHERE (seller.n_name, buyer.n_name) IN (('FRANCE', 'GERMANY'), ('GERMANY', 'FRANCE'))
    AND l_shipdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'
)
SELECT supp_nation, cust_nation, l_year, sum(volume) AS revenue
FROM shipping
GROUP BY supp_nation, cust_nation, l_year
ORDER BY supp_nation, cust_nation, l_year
