/* towpath
kind: incremental
time: day
grain: day
lookback: 1
*/
SELECT day, count(*) AS orders, sum(amount) AS revenue
FROM raw.orders
WHERE day >= $start AND day < $end
GROUP BY day
