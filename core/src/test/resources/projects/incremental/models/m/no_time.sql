/* towpath
kind: incremental
grain: day
*/
SELECT 1 AS day
