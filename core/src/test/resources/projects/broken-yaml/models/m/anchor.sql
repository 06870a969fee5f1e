/* towpath
tags: &t [a]
key: *t
*/
SELECT 1 AS day
