SELECT 1
/* towpath
kind: view
*/
