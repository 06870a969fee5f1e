/* towpath
get: "/a b/c?d"
*/
SELECT 1 AS day
