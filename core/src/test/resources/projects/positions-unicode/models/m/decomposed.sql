/* towpath
description: "é"
x: "é", 5
*/ SELECT 1