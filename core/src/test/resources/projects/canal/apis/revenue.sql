/* towpath
get: /revenue/{region}
params: {region: varchar, since: {type: date, default: 2013-01-01}, n: {type: int, min: 1, max: 100}, state: {type: varchar, values: [a, b], list: true}}
tags: finance
*/
SELECT day, revenue FROM marts.daily WHERE region = $region AND day >= $since ORDER BY day
