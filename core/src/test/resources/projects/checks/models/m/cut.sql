/* towpath
checks: [unique(day, region), not_null(day), range(a, 0, 1)]
*/
SELECT 1
