/* towpath
tags: [staging]
*/
SELECT
  origin,
  time_hour,
  temp AS temp_f,
  humid AS humidity_pct,
  wind_speed AS wind_mph,
  wind_gust AS gust_mph,
  precip AS rain_in,
  pressure AS pressure_mb,
  visib AS visibility_miles
FROM raw.weather
