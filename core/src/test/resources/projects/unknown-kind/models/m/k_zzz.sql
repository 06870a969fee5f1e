/* towpath
kind: zzz
*/
SELECT 1
