/* towpath
kind: incremental
time: day
grain: dya
*/
SELECT 1 AS day
