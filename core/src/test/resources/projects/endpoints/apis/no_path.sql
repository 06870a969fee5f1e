/* towpath
description: x
*/
SELECT 1 AS day
