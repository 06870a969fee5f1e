/* towpath
columns: {n: "decimal(38,0)", big: ubigint, j: json}
*/
SELECT sum(id) AS n, 5::UBIGINT AS big, '{}'::JSON AS j FROM raw.orders
