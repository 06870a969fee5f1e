/* towpath
get: /healthz
*/
SELECT 1 AS day
