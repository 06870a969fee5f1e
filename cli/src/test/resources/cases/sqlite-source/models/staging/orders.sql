SELECT id, amount FROM shop.orders
