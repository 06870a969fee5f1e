/* towpath
post: /x/{b}
params: {b: int}
*/
SELECT 1