/* towpath
kind: merge
key: [id]
delete_when: gone
batch: change
deletes: close
on_change: keep
columns:
  id: {type: bigint, renamed_from: nr}
*/
SELECT 1 AS id, true AS gone
