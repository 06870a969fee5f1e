CREATE MACRO half(x) AS x / 2;
