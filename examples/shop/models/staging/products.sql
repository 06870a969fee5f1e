/* towpath
kind: view
tags: [staging]
*/
SELECT id AS product_id, name, category, price, changed_at
FROM shop.products
