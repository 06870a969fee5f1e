SELECT region, SUM(amount)::DECIMAL(10,2) AS total, COUNT(*)::INTEGER AS orders FROM raw.orders GROUP BY region
