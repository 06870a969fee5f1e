-- no block: a table with defaults
SELECT 1 AS one
