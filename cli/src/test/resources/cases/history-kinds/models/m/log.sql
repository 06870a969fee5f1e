/* towpath
kind: append
*/
SELECT id, status FROM raw.orders
