/* towpath
kind: view
tags: [staging]
*/
SELECT id AS customer_id, name, email, city, changed_at
FROM shop.customers
