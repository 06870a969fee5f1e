/* towpath
get: /wrong_page
page: {size: 500, most: 100, by: [], sizes: 1}
rate_limit: 0/s
timeout: soon
*/
SELECT 1 AS id
