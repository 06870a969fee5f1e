SELECT 2 * total AS twice FROM marts.total
