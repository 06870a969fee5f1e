/* towpath
kind: views
*/
SELECT 1
