SELECT * FROM raw.items
