/* towpath
kind: incremental
time: day
lookback: -1
*/
SELECT 1 AS day
