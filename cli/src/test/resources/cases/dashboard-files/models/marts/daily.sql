/* towpath
columns: {day: date, region: varchar, revenue: double}
*/
SELECT day::DATE AS day, region, revenue::DOUBLE AS revenue FROM raw.daily
