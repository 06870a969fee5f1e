/* towpath
checks:
  - not_null(id)
  - unique(id)
  - accepted(region, [N, S])
  - relationship(region, raw.regions.region)
  - range(amount, 0, 1000)
  - row_count(1, 3)
  - fresh(day, 2h)
  - amount >= 0
  - {name: no_january_third, sql: "SELECT * FROM marts.orders WHERE day = DATE '2026-01-03'"}
  - {check: id > 1, severity: warn}
*/
SELECT * FROM raw.orders
