/* towpath
kind: merge
key: id
updated_at: ts
*/
SELECT id, amount, ts FROM shop.orders QUALIFY row_number() OVER (PARTITION BY id ORDER BY ts DESC) = 1
