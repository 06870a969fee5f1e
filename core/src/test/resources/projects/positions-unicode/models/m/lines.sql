/* towpath
description: "a bc"
tags: [x]
kind: veiw
*/
SELECT 1