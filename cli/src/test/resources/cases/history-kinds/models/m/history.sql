/* towpath
kind: scd2
key: id
updated_at: ts
*/
SELECT * FROM raw.orders
