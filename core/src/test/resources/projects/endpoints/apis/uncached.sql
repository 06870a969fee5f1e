/* towpath
post: /uncached
cache: off
*/
SELECT 1 AS id
