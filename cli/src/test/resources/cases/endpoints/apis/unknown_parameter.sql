/* towpath
get: /a/{region}
params: {region: varchar, sinc: date}
*/
SELECT day FROM marts.daily WHERE region = $region AND day >= $since
