/* towpath
kind: scd2
key: id
updated_at: ts
*/
SELECT id, amount, ts FROM shop.orders
