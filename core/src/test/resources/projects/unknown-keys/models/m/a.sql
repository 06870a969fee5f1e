/* towpath
kind: tabel
colums: {a: int}
check: [not_null(a)]
materialized: view
*/
SELECT 1 AS a
