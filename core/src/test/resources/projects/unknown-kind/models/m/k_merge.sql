/* towpath
kind: merge
*/
SELECT 1
