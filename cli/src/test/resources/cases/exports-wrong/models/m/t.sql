/* towpath
exports:
  - {to: out/t.xls}
  - {to: "ftp://host/t"}
  - {to: out/t.csv, mode: append}
  - {to: out/t.csv, table: other}
  - {to: "postgres://u@h/db", mode: upsert, key: [idd]}
  - {to: out/t.parquet, environments: [prd]}
  - {to: "${ELSEWHERE}", mode: append}
*/
SELECT 1 AS id, 'a' AS v
