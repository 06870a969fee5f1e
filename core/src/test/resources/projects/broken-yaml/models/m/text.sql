/* towpath
just words
*/
SELECT 1 AS day
