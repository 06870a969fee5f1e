/* towpath
tags: [a]
description: x
tags: [b]
*/
SELECT 1 AS day
