SELECT day, region, sum(amount)::DOUBLE AS revenue FROM marts.sales GROUP BY ALL
