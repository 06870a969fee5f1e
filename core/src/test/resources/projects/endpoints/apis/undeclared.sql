/* towpath
get: /a/{x}/{y}
params: {x: int}
*/
SELECT 1 AS day
