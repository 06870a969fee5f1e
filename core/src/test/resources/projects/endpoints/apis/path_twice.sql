/* towpath
get: /b/{x}/{x}
params: {x: int}
*/
SELECT 1 AS day
