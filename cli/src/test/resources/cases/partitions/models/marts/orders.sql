/* towpath
partition_by: [month(day), region]
sort_by: [id]
*/
SELECT r AS id, DATE '2026-01-01' + (r * 20)::INTEGER AS day, CASE r % 2 WHEN 0 THEN 'N' ELSE 'S' END AS region
FROM range(6) t(r)
