/* towpath
get: /daily
*/
SELECT * FROM marts.dally
