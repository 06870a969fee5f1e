/* towpath
get: /daily
*/
SELECT day, revenue FROM marts.daily
