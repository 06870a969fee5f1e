-- A comment may stand before it.
/* and
   another /* nested */ one */
/* towpath
kind: view
ignore_changes: [shop.items]
volatile: true
*/
SELECT * FROM shop.orders
