/* towpath
kind: view
tags: [staging]
*/
SELECT order_id, line, product_id, quantity
FROM shop.order_items
