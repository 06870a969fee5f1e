/* towpath
get: /revenue/{place}
params: {place: varchar}
*/
SELECT day FROM marts.daily WHERE region = $place
