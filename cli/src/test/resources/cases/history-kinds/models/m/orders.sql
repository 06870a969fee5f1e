/* towpath
kind: merge
key: id
*/
SELECT * FROM raw.orders
