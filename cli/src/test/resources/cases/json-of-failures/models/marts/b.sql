SELECT count(*) AS n FROM marts.a
