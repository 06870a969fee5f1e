/* towpath
description: How each day went, at one airport or at all three
get: /days
params:
  origin: {type: varchar, values: [EWR, JFK, LGA], list: true, default: null}
  from: {type: date, default: 2013-01-01}
  to: {type: date, default: 2013-12-31}
*/
SELECT day, origin, flights, cancelled, late, on_time_pct, avg_dep_delay
FROM marts.daily
WHERE day BETWEEN $from AND $to AND ($origin IS NULL OR list_contains($origin, origin))
ORDER BY day, origin
