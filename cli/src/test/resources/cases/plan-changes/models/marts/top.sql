SELECT max(revenue) AS top FROM marts.daily
