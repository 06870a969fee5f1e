/* towpath
description: The routes from New York, busiest first, and how late they run
columns:
  place: bigint
  origin: varchar
  dest: varchar
  destination: varchar
  distance_miles: integer
  carriers: bigint
  flights: bigint
  flights_a_day: "decimal(6,1)"
  on_time_pct: "decimal(5,2)"
  avg_arr_delay: "decimal(6,1)"
checks:
  - unique(origin, dest)
  - relationship(dest, staging.airports.faa)
  - flights > 0
tags: [marts, delays]
*/
WITH days AS (
  SELECT count(DISTINCT day) AS n FROM core.flights
),
delays AS (
  SELECT
    origin,
    dest,
    100.0 * count(*) FILTER (on_time) / nullif(count(on_time), 0) AS on_time_pct,
    avg(arr_delay) AS avg_arr_delay
  FROM core.flights
  GROUP BY origin, dest
)
SELECT
  row_number() OVER (ORDER BY routes.flights DESC, routes.origin, routes.dest) AS place,
  routes.origin,
  routes.dest,
  routes.destination,
  routes.distance_miles,
  routes.carriers,
  routes.flights,
  (routes.flights / days.n)::DECIMAL(6, 1) AS flights_a_day,
  delays.on_time_pct::DECIMAL(5, 2) AS on_time_pct,
  delays.avg_arr_delay::DECIMAL(6, 1) AS avg_arr_delay
FROM core.routes
CROSS JOIN days
JOIN delays ON delays.origin = routes.origin AND delays.dest = routes.dest
ORDER BY place
