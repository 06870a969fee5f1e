/* towpath
kind: append
*/
SELECT id, upper(region) AS region FROM shop.orders
