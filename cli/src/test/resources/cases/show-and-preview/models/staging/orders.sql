/* towpath
description: Orders, one row each
columns: {id: bigint, day: date, region: varchar, amount: "decimal(18,2)"}
checks: [not_null(id), unique(id)]
tags: [finance]
*/
SELECT id, day, region, amount::DECIMAL(18,2) AS amount FROM raw.orders WHERE id >= $least
