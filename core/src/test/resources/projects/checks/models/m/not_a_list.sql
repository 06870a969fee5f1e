/* towpath
checks: not_null(a)
columns: [a, b]
*/
SELECT 1
