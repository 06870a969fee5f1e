/* towpath
get: /a/../b
*/
SELECT 1 AS day
