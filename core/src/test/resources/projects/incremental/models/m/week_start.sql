/* towpath
kind: incremental
time: day
grain: week
start: 2013-01-02
*/
SELECT 1 AS day
