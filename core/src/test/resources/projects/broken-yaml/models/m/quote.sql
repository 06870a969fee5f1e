/* towpath
description: "never closed
tags: [a]
*/
SELECT 1 AS day
