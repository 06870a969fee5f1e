/* towpath
kind: tabel
*/
SELECT 1 AS one
