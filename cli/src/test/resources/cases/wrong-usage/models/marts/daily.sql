/* towpath
tags: [finance]
*/
SELECT * FROM raw.orders
