/* towpath
get: /c/{x}/{y}
params: {x: {type: int, default: 1}, y: {type: int, list: true}}
*/
SELECT 1 AS day
