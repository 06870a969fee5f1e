/* towpath
description: !secret x
*/
SELECT 1 AS day
