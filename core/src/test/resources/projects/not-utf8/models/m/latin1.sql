-- ok
-- café
SELECT 1