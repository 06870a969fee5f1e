SELECT id, region, amont FROM raw.orders
