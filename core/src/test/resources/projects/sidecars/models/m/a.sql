/* towpath
description: mine
columns: {a: int}
checks: [not_null(a)]
tags: [x]
*/
SELECT 1 AS a