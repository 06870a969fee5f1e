/* towpath
columns: {day: date}
*/
SELECT day, amount FROM raw.orders
