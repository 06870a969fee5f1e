SELECT uper(region) AS r FROM raw.orders
