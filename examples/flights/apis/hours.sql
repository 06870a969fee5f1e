/* towpath
description: When to fly from an airport, the most punctual hours first
get: /airports/{origin}/hours
params:
  origin: {type: varchar, values: [EWR, JFK, LGA]}
  min_flights: {type: integer, default: 100, min: 0}
cache: 1h
*/
SELECT hour, flights, on_time_pct, avg_dep_delay, hour_or_more_late_pct
FROM marts.hourly
WHERE origin = $origin AND flights >= $min_flights
ORDER BY on_time_pct DESC, hour
