/* towpath
get: /d/{a-b}
*/
SELECT 1 AS day
