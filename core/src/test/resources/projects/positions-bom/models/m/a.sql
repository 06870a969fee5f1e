/* towpath
kind: veiw
checks:
  - "unque(a)"
  - a > 0
  - >
    b > 0
colums: {}
*/
SELECT 1
