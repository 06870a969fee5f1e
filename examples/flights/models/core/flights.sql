/* towpath
description: Every flight with its airline, its destination, its plane and the weather it left in
partition_by: [month(day)]
columns:
  day: date
  hour: bigint
  time_hour: timestamptz
  carrier: varchar
  airline: varchar
  flight_number: integer
  tailnum: varchar
  origin: varchar
  dest: varchar
  destination: varchar
  distance_miles: integer
  status: varchar
  dep_delay: integer
  arr_delay: integer
  air_minutes: integer
  on_time: boolean
  temp_f: double
  wind_mph: double
  rain_in: double
  visibility_miles: double
checks:
  - not_null(day)
  - not_null(airline)
  - unique(time_hour, carrier, flight_number, origin)
  - range(hour, 0, 23)
  - row_count(1, 1000000)
  - on_time IS NULL OR status <> 'diverted'
  - name: no_flight_lost
    sql: >
      SELECT staged.n AS staged, here.n AS here
      FROM (SELECT count(*) AS n FROM staging.flights) AS staged,
           (SELECT count(*) AS n FROM core.flights) AS here
      WHERE staged.n <> here.n
tags: [core]
*/
SELECT
  flights.day,
  hour(flights.scheduled_departure) AS hour,
  flights.time_hour,
  flights.carrier,
  airlines.name AS airline,
  flights.flight_number,
  flights.tailnum,
  flights.origin,
  flights.dest,
  airports.name AS destination,
  flights.distance_miles,
  flights.status,
  flights.dep_delay,
  flights.arr_delay,
  flights.air_minutes,
  -- A cancelled flight is not on time; of a diverted one nobody knows.
  CASE flights.status
    WHEN 'flown' THEN flights.arr_delay < $late_minutes
    WHEN 'cancelled' THEN false
  END AS on_time,
  weather.temp_f,
  weather.wind_mph,
  weather.rain_in,
  weather.visibility_miles
FROM staging.flights
JOIN ref.airlines ON airlines.carrier = flights.carrier
LEFT JOIN staging.airports ON airports.faa = flights.dest
LEFT JOIN staging.weather
  ON weather.origin = flights.origin AND weather.time_hour = flights.time_hour
