/* towpath
description: %d
*/
SELECT 1 AS day
