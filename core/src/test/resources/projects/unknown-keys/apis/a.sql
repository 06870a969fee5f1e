/* towpath
gett: /a
parms: {a: int}
*/
SELECT 1
