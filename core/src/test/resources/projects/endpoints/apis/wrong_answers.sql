/* towpath
get: /wrong/{id}
params: {id: {type: bigint, default: null}}
page: 100
cache: often
rate_limit: 100 per minute
timeout: 2h
*/
SELECT 1 AS id
