/* towpath
kind: increment
*/
SELECT 1
