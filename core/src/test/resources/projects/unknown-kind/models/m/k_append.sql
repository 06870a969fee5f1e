/* towpath
kind: append
*/
SELECT 1
