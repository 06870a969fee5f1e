/* towpath
checks:
  - not_nul(id)
  - not_null(idd)
  - "amout > 0"
*/
SELECT id, amount FROM raw.orders
