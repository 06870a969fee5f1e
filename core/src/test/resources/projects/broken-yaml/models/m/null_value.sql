/* towpath
description:
tags: ~
*/
SELECT 1 AS day
