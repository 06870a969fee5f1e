/* towpath
time: day
grain: day
lookback: 1
start: 2013-01-01
timezone: UTC
*/
SELECT 1 AS day
