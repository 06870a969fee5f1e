/* towpath
description: data/*.csv
*/
SELECT 1
