/* towpath
key: id
checks: [not_null(id)]
*/
SELECT id, v FROM raw.t
