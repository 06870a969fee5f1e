/* towpath
get: /x/{a}
params: {a: int}
*/
SELECT 1