/* towpath
kind: view
exports: {to: "mysql://u@h/db", mode: append}
*/
SELECT * FROM m.t
