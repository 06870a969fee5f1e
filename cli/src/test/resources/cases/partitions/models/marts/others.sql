/* towpath
partition_by: [year(day)]
*/
SELECT DATE '2026-01-01' + r::INTEGER AS day FROM range(3) t(r)
