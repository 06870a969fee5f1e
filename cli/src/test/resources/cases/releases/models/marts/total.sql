SELECT sum(n) AS total, count(*) AS rows FROM raw.n
