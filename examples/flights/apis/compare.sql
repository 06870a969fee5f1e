/* towpath
description: Airlines side by side on the same routes
post: /compare
params:
  carriers: {type: varchar, list: true}
  origin: {type: varchar, values: [EWR, JFK, LGA], default: JFK}
rate_limit: 60/m
timeout: 10s
*/
WITH shared AS (
  SELECT dest
  FROM core.flights
  WHERE origin = $origin AND list_contains($carriers, carrier)
  GROUP BY dest
  HAVING count(DISTINCT carrier) = len($carriers)
)
SELECT
  flights.carrier,
  any_value(flights.airline) AS airline,
  count(DISTINCT flights.dest) AS routes,
  count(*) AS flights,
  (100.0 * count(*) FILTER (on_time) / nullif(count(on_time), 0))::DECIMAL(5, 2) AS on_time_pct,
  avg(flights.arr_delay)::DECIMAL(6, 1) AS avg_arr_delay
FROM core.flights AS flights
WHERE flights.origin = $origin
  AND list_contains($carriers, flights.carrier)
  AND flights.dest IN (SELECT dest FROM shared)
GROUP BY flights.carrier
ORDER BY on_time_pct DESC
