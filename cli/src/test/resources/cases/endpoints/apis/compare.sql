/* towpath
get: /c
params: {since: {type: "integer[]", required: true}}
*/
SELECT day FROM marts.daily WHERE revenue > $since
