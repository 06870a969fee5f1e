/* towpath
description: Who builds the planes, how old they are and how hard they work
columns:
  manufacturer: varchar
  age_band: varchar
  planes: bigint
  flights: bigint
  air_hours: "decimal(12,1)"
  flights_a_plane: "decimal(8,1)"
checks:
  - unique(manufacturer, age_band)
  - accepted(age_band, ['0-9 years', '10-19 years', '20 years or more', 'unknown'])
  - planes > 0
tags: [marts, fleet]
*/
SELECT
  coalesce(manufacturer, 'Not registered') AS manufacturer,
  CASE
    WHEN age IS NULL THEN 'unknown'
    WHEN age < 10 THEN '0-9 years'
    WHEN age < 20 THEN '10-19 years'
    ELSE '20 years or more'
  END AS age_band,
  count(*) AS planes,
  sum(flights)::BIGINT AS flights,
  sum(air_hours)::DECIMAL(12, 1) AS air_hours,
  (sum(flights) / count(*))::DECIMAL(8, 1) AS flights_a_plane
FROM marts.aircraft
GROUP BY ALL
ORDER BY flights DESC, manufacturer, age_band
