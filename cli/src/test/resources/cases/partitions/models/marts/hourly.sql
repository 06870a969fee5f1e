/* towpath
partition_by: [hour(at)]
*/
SELECT TIMESTAMP '2026-01-01 00:00:00' + to_minutes(r * 25) AS at FROM range(6) t(r)
