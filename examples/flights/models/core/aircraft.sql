/* towpath
description: Every plane that flew from New York, registered or not
columns:
  tailnum: varchar
  registered: boolean
  manufacturer: varchar
  model: varchar
  built: integer
  age: integer
  seats: integer
  first_day: date
  last_day: date
checks:
  - not_null(tailnum)
  - unique(tailnum)
  - first_day <= last_day
  - {check: "range(age, 0, 60)", severity: warn}
tags: [core]
*/
WITH seen AS (
  SELECT tailnum, min(day) AS first_day, max(day) AS last_day
  FROM staging.flights
  WHERE tailnum IS NOT NULL AND status <> 'cancelled'
  GROUP BY tailnum
)
SELECT
  seen.tailnum,
  planes.tailnum IS NOT NULL AS registered,
  planes.manufacturer,
  planes.model,
  planes.built,
  (year(seen.last_day) - planes.built)::INTEGER AS age,
  planes.seats,
  seen.first_day,
  seen.last_day
FROM seen
LEFT JOIN staging.planes ON planes.tailnum = seen.tailnum
