SELECT id, 1 / (id - 1) AS x, CAST('x' || id AS INTEGER) AS y FROM raw.orders
