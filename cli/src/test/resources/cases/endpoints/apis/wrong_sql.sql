/* towpath
get: /d
*/
SELECT dai FROM marts.daily WHERE
