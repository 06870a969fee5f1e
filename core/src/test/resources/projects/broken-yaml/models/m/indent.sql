/* towpath
columns:
  a: int
 b: int
*/
SELECT 1 AS day
