SELECT region, sum(amount)::DECIMAL(18,2) AS amount FROM shop.orders GROUP BY region
