/* towpath
tags: [*]
*/
SELECT 1 AS day
