/* towpath
kind: incremental
*/
SELECT 1 AS one
