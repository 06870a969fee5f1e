/* towpath
description: "When to fly: delays by airport and scheduled hour of departure"
columns:
  origin: varchar
  hour: bigint
  flights: bigint
  on_time_pct: "decimal(5,2)"
  avg_dep_delay: "decimal(6,1)"
  hour_or_more_late_pct: "decimal(5,2)"
checks:
  - unique(origin, hour)
  - range(hour, 0, 23)
  - accepted(origin, ['EWR', 'JFK', 'LGA'])
tags: [marts, delays]
*/
SELECT
  origin,
  hour,
  count(*) AS flights,
  (100.0 * count(*) FILTER (on_time) / nullif(count(on_time), 0))::DECIMAL(5, 2) AS on_time_pct,
  avg(dep_delay)::DECIMAL(6, 1) AS avg_dep_delay,
  (100.0 * count(*) FILTER (arr_delay >= 60) / count(*))::DECIMAL(5, 2) AS hour_or_more_late_pct
FROM core.flights
GROUP BY origin, hour
ORDER BY origin, hour
