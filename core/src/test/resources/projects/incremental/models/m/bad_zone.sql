/* towpath
kind: incremental
time: day
timezone: Europe/Amsterdan
*/
SELECT 1 AS day
