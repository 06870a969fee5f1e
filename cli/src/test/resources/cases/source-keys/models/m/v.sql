/* towpath
kind: view
key: idd
exports: [{to: exports/v.parquet.gz}]
*/
SELECT 1 AS id
