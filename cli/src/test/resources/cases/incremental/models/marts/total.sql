SELECT sum(revenue) AS revenue FROM marts.daily
