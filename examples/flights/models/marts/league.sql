/* towpath
description: The league table of airlines, most punctual first
columns:
  place: bigint
  carrier: varchar
  airline: varchar
  flights: bigint
  on_time_pct: "decimal(5,2)"
  cancelled_pct: "decimal(5,2)"
  avg_arr_delay: "decimal(6,1)"
  median_arr_delay: "decimal(6,1)"
checks:
  - unique(carrier)
  - not_null(place)
  - range(on_time_pct, 0, 100)
  - range(cancelled_pct, 0, 100)
  - row_count(1, 100)
  - relationship(carrier, ref.airlines.carrier)
tags: [marts, delays]
*/
WITH carriers AS (
  SELECT
    carrier,
    airline,
    count(*) AS flights,
    100.0 * count(*) FILTER (on_time) / nullif(count(on_time), 0) AS on_time_pct,
    100.0 * count(*) FILTER (status = 'cancelled') / count(*) AS cancelled_pct,
    avg(arr_delay) AS avg_arr_delay,
    median(arr_delay) AS median_arr_delay
  FROM core.flights
  GROUP BY carrier, airline
  HAVING count(*) >= $league_flights
)
SELECT
  rank() OVER (ORDER BY on_time_pct DESC) AS place,
  carrier,
  airline,
  flights,
  on_time_pct::DECIMAL(5, 2) AS on_time_pct,
  cancelled_pct::DECIMAL(5, 2) AS cancelled_pct,
  avg_arr_delay::DECIMAL(6, 1) AS avg_arr_delay,
  median_arr_delay::DECIMAL(6, 1) AS median_arr_delay
FROM carriers
ORDER BY place, carrier
