/* towpath
description: @home
*/
SELECT 1 AS day
