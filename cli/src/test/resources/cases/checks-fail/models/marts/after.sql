SELECT count(*) AS n FROM marts.orders
