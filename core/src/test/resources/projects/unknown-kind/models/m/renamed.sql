/* towpath
renamed_from: m.old
kind: 5
*/
SELECT 1
