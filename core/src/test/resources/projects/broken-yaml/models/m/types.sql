/* towpath
description: 5
tags: {a: b}
volatile: yes
key: [1, true]
kind: [table]
lookback: 1.5
*/
SELECT 1 AS day
