/* towpath
description: One route, day by day
get: /routes/{origin}/{dest}
params:
  origin: varchar
  dest: varchar
  since: {type: date, default: 2013-01-01}
*/
SELECT
  day,
  count(*) AS flights,
  count(*) FILTER (on_time) AS on_time,
  avg(arr_delay)::DECIMAL(6, 1) AS avg_arr_delay
FROM core.flights
WHERE origin = $origin AND dest = $dest AND day >= $since
GROUP BY day
ORDER BY day
