/* towpath
kind: view
SELECT 1
