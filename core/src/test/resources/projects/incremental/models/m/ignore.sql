/* towpath
ignore_changes: [orders, m.nothing, m.partitions]
*/
SELECT 1 AS day
