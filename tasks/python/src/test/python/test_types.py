import pytest
from towpath._types import arrow_type, parse_type


@pytest.mark.parametrize(
    "text,arrow",
    [
        ("INTEGER", "int32"),
        ("timestamptz", "timestamp[us, tz=UTC]"),
        ("TIMESTAMP WITH TIME ZONE[]", "list<item: timestamp[us, tz=UTC]>"),
        ("DECIMAL(18,2)", "decimal128(18, 2)"),
        ("DECIMAL", "decimal128(18, 3)"),
        ("VARCHAR(10)", "large_string"),
        ("INTEGER[3][]", "list<item: list<item: int32>>"),
        ('STRUCT("a ""b""" INTEGER, c MAP(VARCHAR, DATE))', 'struct<a "b": int32, c: map<large_string, date32[day]>>'),
        ("ENUM('a', 'it''s, (really)')", "large_string"),
        ("UBIGINT", "uint64"),
        ("TIMESTAMP_MS", "timestamp[ms]"),
    ],
)
def test_types(text, arrow):
    assert str(arrow_type(parse_type(text))) == arrow


@pytest.mark.parametrize("text", ["", "INTEGER)", "STRUCT(", "STRUCT(a)", "MAP(INTEGER)", "ENUM('a)", "INTEGER[", "a b"])
def test_what_is_no_type(text):
    with pytest.raises(ValueError):
        arrow_type(parse_type(text))


@pytest.mark.parametrize("text", ["INTERVAL", "UNION(a INTEGER)", "TIME WITH TIME ZONE", "VARIANT"])
def test_types_that_cannot_travel(text):
    with pytest.raises(ValueError):
        arrow_type(parse_type(text))
