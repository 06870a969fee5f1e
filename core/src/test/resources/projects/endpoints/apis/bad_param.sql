/* towpath
get: /e
params: {a b: int, c: itn, d: {default: 1}, e: {type: text, values: [a, b], default: c}, f: {type: text, values: a}}
*/
SELECT 1 AS day
