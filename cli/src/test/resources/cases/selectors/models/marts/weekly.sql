SELECT count(*) AS n FROM marts.daily
