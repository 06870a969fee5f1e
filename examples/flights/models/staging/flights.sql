/* towpath
kind: incremental
time: time_hour
grain: day
tags: [staging]
*/
SELECT
  time_hour,
  make_date(year, month, day) AS day,
  make_timestamp(year, month, day, hour, minute, 0) AS scheduled_departure,
  carrier,
  flight::INTEGER AS flight_number,
  tailnum,
  origin,
  dest,
  distance::INTEGER AS distance_miles,
  dep_delay::INTEGER AS dep_delay,
  arr_delay::INTEGER AS arr_delay,
  air_time::INTEGER AS air_minutes,
  CASE
    WHEN dep_time IS NULL THEN 'cancelled'
    WHEN arr_delay IS NULL THEN 'diverted'
    ELSE 'flown'
  END AS status
FROM raw.flights
WHERE time_hour >= $start AND time_hour < $end
