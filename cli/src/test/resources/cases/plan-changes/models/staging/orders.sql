SELECT id, day, amount FROM raw.orders WHERE id >= $least
