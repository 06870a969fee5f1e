/* towpath
get: /a
post: /a
*/
SELECT 1 AS day
