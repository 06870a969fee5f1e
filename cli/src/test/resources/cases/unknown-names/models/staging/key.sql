/* towpath
descripton: a key that nobody knows
*/
SELECT 1 AS one
