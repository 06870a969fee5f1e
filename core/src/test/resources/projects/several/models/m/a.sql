/* towpath
kind: tabel
colums: {a: int}
checks: [unque(a)]
*/
SELECT 1