/* towpath
description: "How much each plane is used: flights, days and hours in the air"
columns:
  tailnum: varchar
  carrier: varchar
  manufacturer: varchar
  model: varchar
  age: integer
  flights: bigint
  days: bigint
  flights_a_day: "decimal(5,2)"
  air_hours: "decimal(8,1)"
  miles: bigint
  seat_miles: bigint
checks:
  - unique(tailnum)
  - relationship(tailnum, core.aircraft.tailnum)
  - flights >= days
  - miles > 0
tags: [marts, fleet]
*/
SELECT
  aircraft.tailnum,
  mode(flights.carrier ORDER BY flights.carrier) AS carrier,
  aircraft.manufacturer,
  aircraft.model,
  aircraft.age,
  count(*) AS flights,
  count(DISTINCT flights.day) AS days,
  (count(*) / count(DISTINCT flights.day))::DECIMAL(5, 2) AS flights_a_day,
  (sum(flights.air_minutes) / 60.0)::DECIMAL(8, 1) AS air_hours,
  sum(flights.distance_miles)::BIGINT AS miles,
  (sum(flights.distance_miles) * aircraft.seats)::BIGINT AS seat_miles
FROM core.aircraft
JOIN core.flights ON flights.tailnum = aircraft.tailnum
WHERE flights.status <> 'cancelled'
GROUP BY aircraft.tailnum, aircraft.manufacturer, aircraft.model, aircraft.age, aircraft.seats
