/* towpath
x: &x {a: int}
columns: {<<: *x}
*/
SELECT 1 AS day
