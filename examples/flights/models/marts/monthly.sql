/* towpath
description: The year month by month, and how each month compares with the one before
columns:
  month: date
  flights: bigint
  cancelled: bigint
  late: bigint
  late_pct: "decimal(5,2)"
  change_in_late_pct: "decimal(6,2)"
checks:
  - unique(month)
  - day(month) = 1
  - row_count(1, 1200)
tags: [marts, delays]
*/
WITH months AS (
  SELECT
    date_trunc('month', day)::DATE AS month,
    sum(flights)::BIGINT AS flights,
    sum(cancelled)::BIGINT AS cancelled,
    sum(late)::BIGINT AS late
  FROM marts.daily
  GROUP BY ALL
)
SELECT
  month,
  flights,
  cancelled,
  late,
  (100.0 * late / flights)::DECIMAL(5, 2) AS late_pct,
  (100.0 * late / flights - lag(100.0 * late / flights) OVER (ORDER BY month))::DECIMAL(6, 2)
    AS change_in_late_pct
FROM months
ORDER BY month
