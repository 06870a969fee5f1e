/* towpath

*/
SELECT 1 AS day
