/* towpath
kind: scd2
*/
SELECT 1
