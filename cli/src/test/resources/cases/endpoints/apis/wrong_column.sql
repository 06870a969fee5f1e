/* towpath
get: /e
*/
SELECT dai, revenue + 'x'::DATE FROM marts.daily
