/* towpath
kind: view
---
kind: table
*/
SELECT 1 AS day
