/* towpath
tags: [finance]
*/
SELECT id FROM staging.orders
