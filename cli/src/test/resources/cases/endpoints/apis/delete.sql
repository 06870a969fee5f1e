/* towpath
get: /g
*/
DELETE FROM marts.daily
