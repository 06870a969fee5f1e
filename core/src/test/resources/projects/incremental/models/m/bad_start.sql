/* towpath
kind: incremental
time: day
start: yesterday
*/
SELECT 1 AS day
