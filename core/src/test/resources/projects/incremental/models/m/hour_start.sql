/* towpath
kind: incremental
time: day
grain: hour
start: 2013-01-02T06:30
*/
SELECT 1 AS day
