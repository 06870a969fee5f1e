/* towpath
kind: 
*/
SELECT 1
