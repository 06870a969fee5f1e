SELECT 'N' AS region
