/* towpath
get: /b/{region}
params: {region: varchr, revenue: {type: date, default: yesterday}}
*/
SELECT day FROM marts.daily WHERE region = $region AND day > $revenue
