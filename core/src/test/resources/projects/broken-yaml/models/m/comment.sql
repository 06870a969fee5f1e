/* towpath
# nothing but a comment
*/
SELECT 1 AS day
