/* towpath
get: a
*/
SELECT 1 AS day
