/* towpath
columns: {amount: double, day: date}
*/
SELECT day, amount FROM raw.orders
