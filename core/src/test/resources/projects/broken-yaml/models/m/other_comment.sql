/* towpaths are nice */
SELECT 1
