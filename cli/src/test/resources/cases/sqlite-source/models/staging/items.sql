SELECT name FROM shop.items
