/* towpath
get: /revenue/{region}
params: {region: varchar, since: {type: date, default: 2013-01-01}}
*/
SELECT day, revenue FROM marts.daily WHERE region = $region AND day >= $since ORDER BY day
