/* towpath
kind: view
tags: [staging]
*/
SELECT faa, name, lat::DOUBLE AS lat, lon::DOUBLE AS lon, tz::INTEGER AS tz, 'mainland' AS region
FROM ref.airports
UNION ALL
SELECT faa, name, lat::DOUBLE, lon::DOUBLE, tz::INTEGER, 'islands'
FROM ref.island_airports
