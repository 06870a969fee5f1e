/* towpath
tags: [a, b
kind: table
*/
SELECT 1 AS day
