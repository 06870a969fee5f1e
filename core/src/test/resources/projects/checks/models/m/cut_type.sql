/* towpath
columns: {revenue: decimal(18,2), day: date, other: struct(a int, b int)}
*/
SELECT 1
