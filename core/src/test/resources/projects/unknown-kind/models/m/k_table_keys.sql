/* towpath
batch: all
delete_when: true
updated_at: t
deletes: ignore
on_change: keep
*/
SELECT 1
