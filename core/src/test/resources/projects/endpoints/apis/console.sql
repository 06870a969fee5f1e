/* towpath
get: /console
*/
SELECT 1 AS day
