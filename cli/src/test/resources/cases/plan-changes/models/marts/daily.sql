/* towpath
kind: view
*/
SELECT day, sum(amount) AS revenue FROM staging.orders GROUP BY day
