/* towpath
columns:
  day: timestamp
  amount: integer
  id: bigint
*/
SELECT day, amount, id FROM raw.orders
