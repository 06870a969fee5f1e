/* towpath
get: /
*/
SELECT 1 AS day
