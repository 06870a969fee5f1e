/* towpath
kind: Table
*/
SELECT 1
