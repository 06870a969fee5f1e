SELECT sum(n) AS total FROM raw.n
