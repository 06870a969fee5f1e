/* towpath
description: What each kind of weather costs
get: /weather
*/
SELECT weather, flights, cancelled_pct, on_time_pct, avg_dep_delay
FROM marts.weather
ORDER BY on_time_pct
