/* towpath
refresh: 2 hours
*/
SELECT 1 AS day
