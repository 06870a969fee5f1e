SELECT * FROM t.scalars WHERE false
