/* towpath
kind: incremental
time: day
lookback: two
*/
SELECT 1 AS day
