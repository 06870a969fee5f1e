/* towpath
kind: incremental
time: day
grain: day
start: 2026-01-01
*/
SELECT day, count(*) AS orders, sum(amount)::DECIMAL(18,2) AS amount
FROM shop.orders
WHERE day >= $start AND day < $end
GROUP BY day
