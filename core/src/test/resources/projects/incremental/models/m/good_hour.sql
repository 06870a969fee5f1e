/* towpath
kind: incremental
time: day
grain: hour
start: 2013-01-02 06:00:00
timezone: America/New_York
*/
SELECT 1 AS day
