/* towpath
description: Flights by airport, airline and day, a page at a time
get: /flights
params:
  origin: {type: varchar, values: [EWR, JFK, LGA], default: null}
  dest: {type: varchar, default: null}
  carrier: {type: varchar, list: true, default: null}
  from: {type: date, default: 2013-01-01}
  to: {type: date, default: 2013-12-31}
  delayed: {type: integer, default: null, min: 0, max: 1440}
page: {size: 50, most: 1000, by: [time_hour, origin, carrier, flight_number]}
*/
SELECT
  time_hour, carrier, flight_number, tailnum, origin, dest, destination, status, dep_delay, arr_delay
FROM core.flights
WHERE day BETWEEN $from AND $to
  AND ($origin IS NULL OR origin = $origin)
  AND ($dest IS NULL OR dest = $dest)
  AND ($carrier IS NULL OR list_contains($carrier, carrier))
  AND ($delayed IS NULL OR arr_delay >= $delayed)
