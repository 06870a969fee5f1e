/* towpath
get: /daily
*/
SELECT day, amount FROM marts.daily
