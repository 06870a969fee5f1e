/* towpath
kind: scd2
key: id
updated_at: t
deletes: close
nonsense: 1
*/
SELECT 1
