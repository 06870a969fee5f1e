SELECT day, region, sum(amount)::DECIMAL(18,2) AS revenue FROM raw.orders GROUP BY ALL
