select 1 as id, 2 as n, 'x' as name, date '2025-01-01' as day
