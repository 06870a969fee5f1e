/* towpath
description: What each day brought
tags: [finance]
*/
SELECT * FROM staging.orders JOIN staging.items USING (id)
