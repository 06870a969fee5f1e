/* towpath kind: view
tags: [a]
*/
SELECT 1
