/* towpath
kind: tabel
*/
SELECT 1
