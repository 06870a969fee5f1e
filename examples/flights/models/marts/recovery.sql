/* towpath
description: Do late flights make up time in the air? By length of flight
columns:
  distance_band: varchar
  late_departures: bigint
  avg_minutes_won: "decimal(6,1)"
  saved_pct: "decimal(5,2)"
checks:
  - unique(distance_band)
  - range(saved_pct, 0, 100)
  - {check: avg_minutes_won > 0, severity: warn}
tags: [marts, delays]
*/
SELECT
  CASE
    WHEN distance_miles < 500 THEN '1: under 500 miles'
    WHEN distance_miles < 1000 THEN '2: 500 to 999 miles'
    WHEN distance_miles < 2000 THEN '3: 1,000 to 1,999 miles'
    ELSE '4: 2,000 miles or more'
  END AS distance_band,
  count(*) AS late_departures,
  avg(dep_delay - arr_delay)::DECIMAL(6, 1) AS avg_minutes_won,
  (100.0 * count(*) FILTER (on_time) / count(*))::DECIMAL(5, 2) AS saved_pct
FROM core.flights
WHERE status = 'flown' AND dep_delay >= $late_minutes
GROUP BY ALL
ORDER BY distance_band
