/* towpath
checks:
  - {check: not_null(id), severity: warn}
  - {check: unique(id), severity: warn}
  - {check: amount > 0, severity: warn}
  - {check: "row_count(10, 20)", severity: warn}
  - {name: none, sql: "SELECT * FROM marts.orders", severity: warn}
  - fresh(day, 2h)
*/
SELECT * FROM raw.orders
