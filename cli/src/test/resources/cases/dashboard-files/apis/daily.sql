/* towpath
get: /daily
*/
SELECT revenue FROM marts.daily
