/* towpath
checks:
  - "a b" > 0
*/
SELECT 1
