SELECT n + 1 AS n FROM m.a
