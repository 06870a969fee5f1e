/* towpath
columns:
  a: integr
  b: "decimal(99,2)"
  B: int
  c: {type: varchar, description: 5}
  d:
  e: 5
  f: [int]
  "g h": "struct(a int, b text[])"
  select: date
  Ärger: text
  ärger: text
  "": int
*/
SELECT 1
