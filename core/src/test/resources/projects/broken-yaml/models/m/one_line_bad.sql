/* towpath kind: veiw */
SELECT 1
