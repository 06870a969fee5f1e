/* towpath
kind: view
*/
SELECT 1
/* towpath
kind: view
*/
