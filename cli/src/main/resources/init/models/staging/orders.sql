/* towpath
description: Orders, one row each, with the day they were made
checks: [not_null(id), unique(id), "amount > 0"]
*/
SELECT id, ordered_at::DATE AS order_day, region, amount::DECIMAL(18,2) AS amount
FROM raw.orders
