/* towpath
description: The league table of airlines
get: /league
params:
  min_flights: {type: integer, default: 1000}
*/
SELECT place, carrier, airline, flights, on_time_pct, avg_arr_delay
FROM marts.league
WHERE flights >= $min_flights
ORDER BY place
