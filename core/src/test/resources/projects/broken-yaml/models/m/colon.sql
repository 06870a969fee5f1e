/* towpath
description: Summary: what was billed
*/
SELECT 1 AS day
