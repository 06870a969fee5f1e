/* towpath
get: /b
params: {a: {tpe: int, defualt: 1}}
*/
SELECT 1
