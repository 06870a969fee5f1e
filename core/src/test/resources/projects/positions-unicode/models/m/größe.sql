/* towpath
"description": "Überfluß 😀😀"
tags: ["😀", 5]
checks: ["unique(😀)", 'unque(a)', "é > '😀'"]
"😀": x
*/
SELECT 1