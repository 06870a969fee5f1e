/* towpath
[a]: b
*/
SELECT 1 AS day
