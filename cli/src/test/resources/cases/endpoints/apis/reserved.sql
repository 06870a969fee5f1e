/* towpath
get: /api/x
*/
SELECT 1 AS one
