/* towpath
partition_by: [moth(day), "bucket(16, day)", year(a, b), "month(day", hour(t)]
*/
SELECT 1 AS day
