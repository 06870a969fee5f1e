/* towpath
get: /f/{x}
*/
SELECT day FROM marts.daily
