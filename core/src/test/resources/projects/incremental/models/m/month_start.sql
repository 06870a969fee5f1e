/* towpath
kind: incremental
time: day
grain: month
start: 2013-01-15
*/
SELECT 1 AS day
