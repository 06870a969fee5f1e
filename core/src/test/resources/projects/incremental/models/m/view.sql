/* towpath
kind: view
partition_by: day
sort_by: [day]
refresh: 1d
*/
SELECT 1 AS day
