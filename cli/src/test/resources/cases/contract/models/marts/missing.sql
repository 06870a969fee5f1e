/* towpath
columns: {day: date, amount: "decimal(18,2)", total: bigint}
*/
SELECT day, amount::DECIMAL(18,2) AS amount FROM raw.orders
