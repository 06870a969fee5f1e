/* towpath
description: "What the weather costs: delays and cancellations by the weather at departure"
columns:
  weather: varchar
  flights: bigint
  cancelled_pct: "decimal(5,2)"
  on_time_pct: "decimal(5,2)"
  avg_dep_delay: "decimal(6,1)"
checks:
  - unique(weather)
  - accepted(weather, ['fair', 'fog', 'heavy rain', 'rain', 'snow or ice', 'storm', 'unknown'])
  - range(cancelled_pct, 0, 100)
tags: [marts, weather]
*/
WITH sorted AS (
  SELECT
    CASE
      WHEN temp_f IS NULL AND visibility_miles IS NULL THEN 'unknown'
      WHEN rain_in > 0 AND temp_f <= $cold_f THEN 'snow or ice'
      WHEN wind_mph >= 30 THEN 'storm'
      WHEN rain_in >= 0.1 THEN 'heavy rain'
      WHEN rain_in > 0 THEN 'rain'
      WHEN visibility_miles < 2 THEN 'fog'
      ELSE 'fair'
    END AS weather,
    status,
    on_time,
    dep_delay
  FROM core.flights
)
SELECT
  weather,
  count(*) AS flights,
  (100.0 * count(*) FILTER (status = 'cancelled') / count(*))::DECIMAL(5, 2) AS cancelled_pct,
  (100.0 * count(*) FILTER (on_time) / nullif(count(on_time), 0))::DECIMAL(5, 2) AS on_time_pct,
  avg(dep_delay)::DECIMAL(6, 1) AS avg_dep_delay
FROM sorted
GROUP BY weather
ORDER BY on_time_pct DESC
