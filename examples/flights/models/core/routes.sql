/* towpath
description: Every pair of airports that was flown, with the airlines that fly it
kind: view
checks: ["unique(origin, dest)", "carriers >= 1"]
tags: [core]
*/
SELECT
  origin,
  dest,
  any_value(destination) AS destination,
  max(distance_miles) AS distance_miles,
  count(DISTINCT carrier) AS carriers,
  string_agg(DISTINCT carrier, ' ' ORDER BY carrier) AS carrier_codes,
  count(*) AS flights
FROM core.flights
GROUP BY origin, dest
