/* towpath
columns:
	a: int
*/
SELECT 1 AS day
