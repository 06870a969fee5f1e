"""What `build` may return, and what is said of what it may not."""

import datetime
import decimal
import uuid

import pyarrow as pa
import pytest
from towpath._contract import Contract
from towpath._errors import ContractError
from towpath._frames import frames_of

D = decimal.Decimal
UTC = datetime.timezone.utc
ID = "00112233-4455-6677-8899-aabbccddeeff"

pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")


def enforce(result, **columns):
    declared = [{"name": n.rstrip("!"), "type": t, "not_null": n.endswith("!")} for n, t in columns.items()]
    contract = Contract(declared)
    return pa.Table.from_batches(
        [b for t in contract.enforce(frames_of(result)) for b in t.to_batches()], contract.schema
    )


def values(result, type_, name="c"):
    return enforce(result, **{name: type_}).column(0).to_pylist()


def refused(result, **columns):
    with pytest.raises(ContractError) as failed:
        enforce(result, **columns)
    return failed.value


def objects(items):
    return pandas.DataFrame({"c": pandas.Series(items, dtype=object)})


GOOD = [
    ("BOOLEAN", [True, None, False], [True, None, False]),
    ("TINYINT", [-128, 127, None], [-128, 127, None]),
    ("UTINYINT", [255, 0], [255, 0]),
    ("SMALLINT", [-32768], [-32768]),
    ("INTEGER", [1, None, -(2**31)], [1, None, -(2**31)]),
    ("INTEGER", [1.0, None, 2.0], [1, None, 2]),
    ("INTEGER", [D("5.00")], [5]),
    ("BIGINT", [2**63 - 1, -(2**63), None], [2**63 - 1, -(2**63), None]),
    ("UBIGINT", [2**64 - 1, None], [2**64 - 1, None]),
    ("HUGEINT", [10**37, -1, None], [D(10**37), D(-1), None]),
    ("HUGEINT", [5.0], [D(5)]),
    ("FLOAT", [1.5, None], [1.5, None]),
    ("DOUBLE", [1, 2.5, None], [1.0, 2.5, None]),
    ("DOUBLE", [D("0.5")], [0.5]),
    ("DECIMAL(18,2)", [D("1.50"), None, D("-1")], [D("1.50"), None, D("-1.00")]),
    ("DECIMAL(18,2)", [0.1 + 0.2, 1], [D("0.30"), D("1.00")]),
    ("DECIMAL(38,10)", [7, None], [D("7.0000000000"), None]),
    ("VARCHAR", ["a", None, "é", ""], ["a", None, "é", ""]),
    ("BLOB", [b"\0\xff", None], [b"\0\xff", None]),
    ("DATE", [datetime.date(2026, 1, 2), None], [datetime.date(2026, 1, 2), None]),
    ("DATE", [datetime.datetime(2026, 1, 2), None], [datetime.date(2026, 1, 2), None]),
    ("TIMESTAMP", [datetime.datetime(2026, 1, 2, 3, 4, 5, 6)], [datetime.datetime(2026, 1, 2, 3, 4, 5, 6)]),
    ("TIMESTAMP", [datetime.datetime(1, 1, 1), None], [datetime.datetime(1, 1, 1), None]),
    ("TIMESTAMP", [datetime.date(2026, 1, 2)], [datetime.datetime(2026, 1, 2)]),
    (
        "TIMESTAMP WITH TIME ZONE",
        [datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))],
        [datetime.datetime(2026, 1, 2, 1, tzinfo=UTC)],
    ),
    ("TIME", [datetime.time(1, 2, 3, 4), None], [datetime.time(1, 2, 3, 4), None]),
    ("ENUM('a', 'it''s')", ["it's", None], ["it's", None]),
    ("INTEGER[]", [[1, None], [], None, [3]], [[1, None], [], None, [3]]),
    ("INTEGER[][]", [[[1], []], None], [[[1], []], None]),
    ("DOUBLE[2]", [[1.0, 2.0]], [[1.0, 2.0]]),
    (
        'STRUCT("a b" INTEGER, c VARCHAR[])',
        [{"a b": 1, "c": ["x"]}, None, {"a b": None, "c": None}],
        [{"a b": 1, "c": ["x"]}, None, {"a b": None, "c": None}],
    ),
]


@pytest.mark.parametrize("type_,given,expected", GOOD)
def test_pandas_objects(type_, given, expected):
    assert values(objects(given), type_) == expected


@pytest.mark.parametrize("type_,given,expected", GOOD)
def test_arrow(type_, given, expected):
    mixed = {type(v) for v in given if v is not None}
    if len(mixed) > 1 or type_ in ("UBIGINT", "HUGEINT") and not isinstance(given[0], float):
        pytest.skip("Arrow has one type a column")
    assert values(pa.table({"c": given}), type_) == expected


@pytest.mark.parametrize("type_,given,expected", GOOD)
def test_polars(type_, given, expected):
    mixed = {type(v) for v in given if v is not None}
    if len(mixed) > 1 or type_ == "HUGEINT" or type_ == "UBIGINT":
        pytest.skip("Polars has one type a column")
    assert values(polars.DataFrame({"c": given}, strict=False), type_) == expected


@pytest.mark.parametrize(
    "type_,given,expected",
    [
        ("MAP(VARCHAR, INTEGER)", [{"a": 1}, None, {}, {"b": None}], [[("a", 1)], None, [], [("b", None)]]),
        ("MAP(INTEGER, VARCHAR[])", [[(1, ["x"])]], [[(1, ["x"])]]),
        ("STRUCT(m MAP(VARCHAR, DATE))[]", [[{"m": {"k": datetime.date(2026, 1, 1)}}]], None),
        ("JSON", [{"a": [1, None, "é"]}, None, '{"b": 2}', 3, True], ['{"a": [1, null, "é"]}', None, '{"b": 2}', "3", "true"]),
        ("UUID", [uuid.UUID(ID), None, ID.upper()], [ID, None, ID]),
        ("VARCHAR", ["a", float("nan"), None], ["a", None, None]),
        ("INTEGER", [1, float("nan"), None], [1, None, None]),
        ("DECIMAL(5,1)", [1, 2.5, D("3.5"), float("nan")], [D("1.0"), D("2.5"), D("3.5"), None]),
        ("UHUGEINT", [2**100], [D(2**100)]),
    ],
)
def test_objects_that_only_python_has(type_, given, expected):
    found = values(objects(given), type_)
    if expected is None:
        expected = [[{"m": [("k", datetime.date(2026, 1, 1))]}]]
    assert found == expected


@pytest.mark.parametrize(
    "column,type_,expected",
    [
        (pandas.Series([1, 2], dtype="int64"), "INTEGER", [1, 2]),
        (pandas.Series([1.0, None]), "INTEGER", [1, None]),
        (pandas.Series([1, None], dtype="Int64"), "SMALLINT", [1, None]),
        (pandas.Series([True, None], dtype="boolean"), "BOOLEAN", [True, None]),
        (pandas.Series(["a", None], dtype="string"), "VARCHAR", ["a", None]),
        (pandas.Series(["a", None, "b"], dtype="category"), "VARCHAR", ["a", None, "b"]),
        (pandas.Series([3, 1, 3], dtype="category"), "INTEGER", [3, 1, 3]),
        (pandas.Series([1.5, None], dtype="category"), "DOUBLE", [1.5, None]),
        (pandas.to_datetime(pandas.Series(["2026-01-02", None])), "DATE", [datetime.date(2026, 1, 2), None]),
        (pandas.to_datetime(pandas.Series(["2026-01-02"])), "TIMESTAMP", [datetime.datetime(2026, 1, 2)]),
        (
            pandas.to_datetime(pandas.Series(["2026-01-02"])).dt.tz_localize("Europe/Amsterdam"),
            "TIMESTAMPTZ",
            [datetime.datetime(2026, 1, 1, 23, tzinfo=UTC)],
        ),
        (pandas.Series([None, None], dtype=object), "INTEGER", [None, None]),
        (pandas.Series([None, None], dtype="float64"), "VARCHAR", [None, None]),
        (pandas.Series([pandas.NaT, pandas.NaT]), "VARCHAR", [None, None]),
        (pandas.Series([pandas.NA, 1], dtype=object), "INTEGER", [None, 1]),
        (pandas.Series([1, 2], dtype=pandas.ArrowDtype(pa.int8())), "BIGINT", [1, 2]),
        (pandas.Series([0.0, None], dtype="Sparse[float64]"), "DOUBLE", [0.0, None]),
    ],
    ids=str,
)
def test_pandas_dtypes(column, type_, expected):
    assert values(pandas.DataFrame({"c": column}), type_) == expected


def test_polars_dtypes():
    frame = polars.DataFrame(
        {
            "cat": polars.Series(["a", None], dtype=polars.Categorical),
            "enum": polars.Series(["x", "y"], dtype=polars.Enum(["x", "y"])),
            "time": [datetime.time(1), None],
            "u": polars.Series([1, 2], dtype=polars.UInt64),
            "none": polars.Series([None, None], dtype=polars.Null),
            "s": [{"a": 1}, {"a": None}],
            "l": [["a"], []],
        }
    )
    found = enforce(
        frame, cat="VARCHAR", enum="ENUM('x', 'y')", time="TIME", u="BIGINT", none="DATE", s="STRUCT(a BIGINT)", l="VARCHAR[]"
    )
    assert found.to_pylist() == [
        {"cat": "a", "enum": "x", "time": datetime.time(1), "u": 1, "none": None, "s": {"a": 1}, "l": ["a"]},
        {"cat": None, "enum": "y", "time": None, "u": 2, "none": None, "s": {"a": None}, "l": []},
    ]


BAD = [
    ([1, 1.5], "INTEGER", 1, "1.5", "is not a whole number"),
    ([1, None, 2**31], "INTEGER", 2, "2147483648", "is beyond what INTEGER holds"),
    ([0, -1], "UINTEGER", 1, "-1", "is beyond what UINTEGER holds"),
    ([2**63], "BIGINT", 0, "9223372036854775808", "is beyond what BIGINT holds"),
    ([1, "a", 2], "INTEGER", 1, '"a"', "is text, and the column is declared INTEGER"),
    (["a", 1], "VARCHAR", 1, "1", "is a whole number, and the column is declared VARCHAR"),
    (["a", b"b"], "VARCHAR", 1, "b'b'", "is bytes, and the column is declared VARCHAR"),
    ([True, 1], "BOOLEAN", 1, "1", "is a whole number, and the column is declared BOOLEAN"),
    ([1, True], "INTEGER", 1, "True", "is true or false, and the column is declared INTEGER"),
    ([D("1.55")], "DECIMAL(5,1)", 0, "Decimal('1.55')", "does not fit DECIMAL(5,1) without a loss"),
    ([D("1"), D("100000")], "DECIMAL(5,1)", 1, "Decimal('100000')", "does not fit DECIMAL(5,1)"),
    ([1.5, 1.005], "DECIMAL(9,2)", 1, "1.005", "has more than 2 digits after the point"),
    ([1e12 + 0.5], "DECIMAL(18,0)", 0, "1000000000000.5", "has more than 0 digits after the point"),
    ([1.0, 123456789012.1], "DECIMAL(18,0)", 1, "123456789012.1", "has more than 0 digits after the point"),
    ([123456789012.04], "DECIMAL(18,0)", 0, "123456789012.04", "has more than 0 digits after the point"),
    ([12345678901.3456], "DECIMAL(18,2)", 0, "12345678901.3456", "has more than 2 digits after the point"),
    ([1e9], "DECIMAL(9,2)", 0, "1000000000.0", "is beyond what DECIMAL(9,2) holds"),
    ([float("inf")], "DECIMAL(9,2)", 0, "inf", "is no number that DECIMAL(9,2) holds"),
    ([10**38], "HUGEINT", 0, str(10**38), "is beyond"),
    ([-1], "UHUGEINT", 0, "-1", "is beyond what UHUGEINT holds"),
    ([2**53 + 1], "DOUBLE", 0, str(2**53 + 1), "cannot hold exactly"),
    (["2.5"], "DOUBLE", 0, '"2.5"', "is text, and the column is declared DOUBLE"),
    ([1e39], "FLOAT", 0, "1e+39", "is beyond what FLOAT holds"),
    (["x"], "BLOB", 0, '"x"', "is text, and the column is declared BLOB"),
    ([datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1, 5)], "DATE", 1, "datetime", "has a time of day"),
    (["2026-01-01"], "DATE", 0, '"2026-01-01"', "is text"),
    ([datetime.datetime(2026, 1, 1, tzinfo=UTC)], "TIMESTAMP", 0, "datetime", "is a time with a zone"),
    ([datetime.datetime(2026, 1, 1)], "TIMESTAMPTZ", 0, "datetime", "is a time without a zone"),
    (
        [datetime.datetime(2026, 1, 1), datetime.datetime(2026, 1, 1, tzinfo=UTC)],
        "TIMESTAMP",
        1,
        "datetime",
        "is a time with a zone",
    ),
    (
        [datetime.datetime(2026, 1, 1, tzinfo=UTC), datetime.datetime(2026, 1, 1)],
        "TIMESTAMPTZ",
        1,
        "datetime",
        "is a time without a zone",
    ),
    ([datetime.time(1, tzinfo=UTC)], "TIME", 0, "datetime.time", "is a datetime.time"),
    ([datetime.timedelta(1)], "TIME", 0, "datetime.timedelta", "is a duration"),
    (["a", "c"], "ENUM('a', 'b')", 1, '"c"', "is none of the values"),
    (["no"], "UUID", 0, '"no"', "is no UUID"),
    ([1], "UUID", 0, "1", "is a int"),
    (['{"a": 1}', "{a}"], "JSON", 1, '"{a}"', "is no JSON"),
    ([{"a": float("nan")}], "JSON", 0, "{'a': nan}", "cannot be written as JSON"),
    ([[1], ["x"]], "INTEGER[]", 1, "['x']", "has an element that is text"),
    ([1.0, float("inf")], "BIGINT", 1, "inf", "is infinite, and the column is declared BIGINT"),
    ([1], "INTEGER[]", 0, "1", "is a int"),
    ([[1, 2, 3]], "INTEGER[2]", 0, "[1, 2, 3]", "has 3 elements"),
    ([{"a": 1, "b": 2}], "STRUCT(a INTEGER)", 0, "{'a': 1, 'b': 2}", "has a member 'b'"),
    ([{"a": "x"}], "STRUCT(a INTEGER)", 0, "{'a': 'x'}", 'has a member "a" that is text'),
    ([{None: 1}], "MAP(VARCHAR, INTEGER)", 0, "{None: 1}", "has a key that is NULL"),
    ([{"k": 1.5}], "MAP(VARCHAR, INTEGER)", 0, "{'k': 1.5}", "has a value that is not a whole number"),
    ([object()], "VARCHAR", 0, "<object", "is a object"),
    ([3 + 4j], "DOUBLE", 0, "(3+4j)", "is a complex"),
    (["a\ud800"], "VARCHAR", 0, None, "is a str"),
]


@pytest.mark.parametrize("given,type_,row,value,reason", BAD)
def test_first_offending_row(given, type_, row, value, reason):
    failed = refused(objects(given), c=type_)
    (detail,) = failed.details
    assert detail.column == "c"
    assert detail.row == row
    if value is not None:
        assert detail.value.startswith(value)
    assert reason in detail.message
    assert detail.message.startswith('column "c", row %d (the first is 0): ' % row)
    nested = type_.endswith("]") or type_.startswith(("STRUCT", "MAP"))
    assert not (nested and "df[c]" in (detail.hint or "") and " that " in reason), detail.hint


def test_floats_of_half_the_size_lose_nothing_either():
    single = pa.array([0.1, 1234.56, 123456.78, -0.0], pa.float32())
    assert values(pa.table({"c": single}), "DECIMAL(18,2)") == [D("0.10"), D("1234.56"), D("123456.78"), D("0.00")]
    failed = refused(pa.table({"c": pa.array([1.0, 1000000.5], pa.float32())}), c="DECIMAL(18,0)")
    assert failed.details[0].row == 1


@pytest.mark.parametrize("value", [0.1 + 0.2 - 0.3, sum([0.01] * 100_000), 1e15 + 0.25, 123456789012.34, 90071992547409.93])
def test_noise_of_binary_fractions_is_no_digit(value):
    assert values(pa.table({"c": [value]}), "DECIMAL(20,2)") == [D("%.2f" % value) + 0]


def test_rows_count_over_all_pieces():
    frame = pandas.DataFrame({"c": [0.0] * 300000})
    frame.loc[299999, "c"] = 0.5
    assert refused(frame, c="INTEGER").details[0].row == 299999
    batches = (pa.table({"c": [1.0, v]}) for v in (2.0, 3.0, 3.5))
    assert refused(batches, c="INTEGER").details[0].row == 5


def test_finer_than_a_microsecond():
    frame = pandas.DataFrame({"c": pandas.to_datetime(pandas.Series(["2026-01-01", "2026-01-01 00:00:00.000000001"]), format="ISO8601")})
    failed = refused(frame, c="TIMESTAMP")
    assert failed.details[0].row == 1
    assert "finer parts" in failed.details[0].message


def test_nan_is_a_value_in_polars_and_arrow_but_missing_in_pandas():
    nan = float("nan")
    assert values(pandas.DataFrame({"c": [1.0, nan]}), "DOUBLE") == [1.0, None]
    kept = values(polars.DataFrame({"c": [1.0, nan]}), "DOUBLE")
    assert kept[1] is not None and kept[1] != kept[1]
    assert "fill_nan" in refused(pa.table({"c": [1.0, nan]}), c="INTEGER").details[0].hint


def test_null_where_it_is_declared_not_null():
    failed = refused(pandas.DataFrame({"c": ["a", None]}), **{"c!": "VARCHAR"})
    assert failed.details[0].row == 1
    assert "NULL" in failed.details[0].message and "not_null" in failed.details[0].message


def test_columns_by_name_in_any_order_and_case():
    found = enforce(pandas.DataFrame({"B": ["x"], "a": [1]}), A="INTEGER", b="VARCHAR")
    assert found.column_names == ["A", "b"]
    assert found.to_pylist() == [{"A": 1, "b": "x"}]


def test_missing_extra_and_near():
    failed = refused(pandas.DataFrame({"regon": ["N"], "more": [1]}), region="VARCHAR", score="DOUBLE")
    text = str(failed)
    assert 'no column "region", which is declared' in text
    assert 'there is "regon": rename one of them' in text
    assert 'no column "score"' in text
    assert 'a column "more", which is not declared' in text
    assert 'did you mean "region"?' in text


def test_duplicate_columns():
    frame = pandas.DataFrame([[1, 2]], columns=["a", "a"])
    assert 'two columns named "a"' in str(refused(frame, a="INTEGER"))
    frame = pandas.DataFrame([[1, 2]], columns=["a", "A"])
    assert 'two columns named "A"' in str(refused(frame, a="INTEGER"))


def test_a_column_that_is_the_index():
    frame = pandas.DataFrame({"region": ["N", "N"], "x": [1.0, 2.0]}).groupby("region").agg(score=("x", "mean"))
    assert "reset_index()" in refused(frame, region="VARCHAR", score="DOUBLE").details[0].hint
    assert "drop=True" in refused(frame.reset_index().reset_index(), region="VARCHAR", score="DOUBLE").details[0].hint


def test_names_that_are_no_text():
    assert "0, not text" in str(refused(pandas.DataFrame([[1]]), a="INTEGER"))
    frame = pandas.DataFrame([[1]], columns=pandas.MultiIndex.from_tuples([("a", "mean")]))
    assert '"_".join' in str(refused(frame, a="INTEGER"))


def test_empty_and_zero_columns():
    assert enforce(pandas.DataFrame({"a": [], "b": []}), a="INTEGER", b="VARCHAR").num_rows == 0
    assert enforce(polars.DataFrame({"a": []}), a="DATE").num_rows == 0
    assert enforce(pa.schema([("a", pa.int8())]).empty_table(), a="VARCHAR").num_rows == 0
    assert enforce(iter([]), a="INTEGER").num_rows == 0
    assert "a table without columns" in str(refused(pandas.DataFrame(), a="INTEGER"))
    assert "3 rows without columns" in str(refused(pandas.DataFrame(index=[1, 2, 3]), a="INTEGER"))
    assert "a table without columns" in str(refused(polars.DataFrame(), a="INTEGER"))


def test_kinds_of_results():
    batch = pa.RecordBatch.from_pydict({"c": [1]})
    reader = pa.RecordBatchReader.from_batches(batch.schema, [batch, batch])
    assert values(batch, "INTEGER") == [1]
    assert values(reader, "INTEGER") == [1, 1]
    assert values(iter([batch, pa.table({"c": [2]})]), "INTEGER") == [1, 2]
    assert values([batch, batch], "INTEGER") == [1, 1]
    assert values(polars.LazyFrame({"c": [3]}), "INTEGER") == [3]
    assert values((pandas.DataFrame({"c": [i]}) for i in range(3)), "INTEGER") == [0, 1, 2]

    class Stream:
        def __arrow_c_stream__(self, requested_schema=None):
            return pa.table({"c": [4]}).__arrow_c_stream__(requested_schema)

    assert values(Stream(), "INTEGER") == [4]


@pytest.mark.parametrize(
    "result,said",
    [
        (None, "build returned nothing"),
        ({"c": [1]}, "a dict, which is no table"),
        ([1, 2], "a list, which is no table"),
        (pandas.Series([1]), "a Series, which is no table"),
        (polars.Series([1]), "a Series, which is no table"),
        (pandas.DataFrame({"c": [1]}).groupby("c"), "grouped, but not aggregated"),
        (42, "an int, which is no table"),
        (iter([pa.table({"c": [1]}), 5]), "build gave an int"),
    ],
    ids=lambda v: v if isinstance(v, str) else type(v).__name__,
)
def test_what_is_no_table(result, said):
    assert said in str(refused(result, c="INTEGER"))


def test_values_are_shown_short_and_in_one_line():
    failed = refused(objects(["x" * 1000 + "\n"]), c="INTEGER")
    assert len(failed.details[0].value) <= 60
    failed = refused(objects(["a\nb"]), c="INTEGER")
    assert "\n" not in failed.details[0].message


def test_a_value_that_cannot_be_shown():
    class Broken:
        def __repr__(self):
            raise RuntimeError("no")

    assert "cannot be shown (RuntimeError)" in str(refused(objects([Broken()]), c="INTEGER"))
