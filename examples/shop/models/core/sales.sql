/* towpath
description: "Every line of every order, at the price that held when it was placed"
columns:
  order_id: bigint
  line: integer
  placed_on: date
  status: varchar
  customer_id: integer
  product_id: integer
  category: varchar
  quantity: integer
  price: "decimal(10,2)"
checks:
  - unique(order_id, line)
  - name: no_line_lost
    sql: >
      SELECT items.order_id, items.line
      FROM staging.order_items AS items
      SEMI JOIN core.orders ON orders.order_id = items.order_id
      ANTI JOIN core.sales ON sales.order_id = items.order_id AND sales.line = items.line
tags: [core]
*/
SELECT
  orders.order_id,
  items.line,
  orders.placed_on,
  orders.status,
  orders.customer_id,
  products.product_id,
  products.category,
  items.quantity,
  products.price
FROM core.orders
JOIN staging.order_items AS items ON items.order_id = orders.order_id
JOIN core.products
  ON products.product_id = items.product_id
  AND products.valid_from <= orders.placed_at
  AND (products.valid_to IS NULL OR orders.placed_at < products.valid_to)
