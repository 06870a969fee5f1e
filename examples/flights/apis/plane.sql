/* towpath
description: One plane, and how hard it worked
get: /planes/{tailnum}
params: {tailnum: varchar}
*/
SELECT
  planes.tailnum,
  planes.registered,
  planes.manufacturer,
  planes.model,
  planes.built,
  planes.seats,
  work.carrier,
  work.flights,
  work.flights_a_day,
  work.air_hours
FROM core.aircraft AS planes
LEFT JOIN marts.aircraft AS work ON work.tailnum = planes.tailnum
WHERE planes.tailnum = upper($tailnum)
