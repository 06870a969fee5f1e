/* towpath
checks: [accepted(c, [a, b]), not_null(day)]
*/
SELECT 1
