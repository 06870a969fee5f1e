/* towpath
get: /x/{b}
params: {b: int}
*/
SELECT 1