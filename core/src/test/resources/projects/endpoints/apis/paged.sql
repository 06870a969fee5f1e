/* towpath
get: /paged
params: {name: {type: varchar, default: null}}
page: {size: 50, most: 200, by: [day, id DESC]}
cache: 5m
rate_limit: 100/m
timeout: 30s
*/
SELECT 1 AS id
