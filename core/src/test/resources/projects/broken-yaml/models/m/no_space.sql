/* towpath
kind:view
*/
SELECT 1 AS day
