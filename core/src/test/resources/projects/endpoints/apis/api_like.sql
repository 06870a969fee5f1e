/* towpath
get: /apis
*/
SELECT 1 AS day
