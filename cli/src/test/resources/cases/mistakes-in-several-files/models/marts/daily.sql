/* towpath
columns: {day: date, revenue: decimal}
*/
SELECT day, sum(amount) AS revenue FROM raw.orders GROUP BY day HAVING
