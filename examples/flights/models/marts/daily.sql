/* towpath
description: How each day went at each airport
kind: incremental
time: day
grain: day
columns:
  day: date
  origin: varchar
  flights: bigint
  cancelled: bigint
  late: bigint
  on_time_pct: "decimal(5,2)"
  avg_dep_delay: "decimal(6,1)"
  worst_arr_delay: integer
checks:
  - not_null(day)
  - unique(day, origin)
  - range(on_time_pct, 0, 100)
  - cancelled + late <= flights
tags: [marts, delays]
*/
SELECT
  day,
  origin,
  count(*) AS flights,
  count(*) FILTER (status = 'cancelled') AS cancelled,
  count(*) FILTER (status = 'flown' AND NOT on_time) AS late,
  (100.0 * count(*) FILTER (on_time) / nullif(count(on_time), 0))::DECIMAL(5, 2) AS on_time_pct,
  avg(dep_delay)::DECIMAL(6, 1) AS avg_dep_delay,
  max(arr_delay) AS worst_arr_delay
FROM core.flights
WHERE day >= $start AND day < $end
GROUP BY day, origin
