"""Reading a project's tables."""

import datetime
import decimal
import uuid

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from towpath._data import StoredFile, Table, stored_file
from towpath._errors import ReadError
from towpath._types import parse_type

pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")


def table(tmp_path, data, types, files=1, columns=None):
    stored = []
    for number in range(files):
        path = str(tmp_path / ("%d.parquet" % number))
        pq.write_table(data, path, row_group_size=max(data.num_rows // 3, 1))
        stored.append(path)
    described = [(n, parse_type(t), n) for n, t in types.items()]
    return Table("m.t", [stored_file(f, described) for f in stored], described)


def test_only_the_columns_asked_for_in_their_order(tmp_path):
    found = table(tmp_path, pa.table({"a": [1], "b": ["x"], "c": [1.5]}), {"c": "DOUBLE", "a": "BIGINT"}, files=2)
    assert found.columns == ["c", "a"]
    assert len(found) == 2
    assert found.to_arrow().to_pylist() == [{"c": 1.5, "a": 1}] * 2
    assert list(found.to_pandas().columns) == ["c", "a"]
    assert found.to_polars().rows() == [(1.5, 1)] * 2
    assert [b.to_pylist() for b in found.to_batches()] == [[{"c": 1.5, "a": 1}]] * 2
    assert repr(found) == "<towpath table m.t (c DOUBLE, a BIGINT)>"


def test_batches_are_bounded(tmp_path):
    found = table(tmp_path, pa.table({"a": list(range(1000))}), {"a": "BIGINT"})
    batches = list(found.to_batches(rows=100))
    assert max(b.num_rows for b in batches) <= 100
    assert [v for b in batches for v in b.column(0).to_pylist()] == list(range(1000))


def test_other_libraries_take_it_as_it_is(tmp_path):
    found = table(tmp_path, pa.table({"a": [1, 2]}), {"a": "BIGINT"})
    assert pa.table(found).to_pylist() == [{"a": 1}, {"a": 2}]
    assert polars.from_arrow(pa.RecordBatchReader.from_stream(found).read_all())["a"].to_list() == [1, 2]


def test_a_table_without_files_has_its_columns():
    found = Table("m.t", [], [("a", parse_type("INTEGER"), "a"), ("b", parse_type("TIMESTAMPTZ"), "b")])
    assert len(found) == 0 and found
    assert found.to_arrow().schema.field("b").type == pa.timestamp("us", "UTC")
    assert list(found.to_pandas().columns) == ["a", "b"]
    assert list(found.to_batches()) == []


def test_names_may_differ_by_file(tmp_path):
    for name, column in (("new", "a"), ("old", "before")):
        pq.write_table(pa.table({column: [name], "x.y": [1]}), str(tmp_path / name))
    described = [("a", parse_type("VARCHAR"), "a"), ("z", parse_type("BIGINT"), "x.y")]
    files = [str(tmp_path / "new"), {"path": str(tmp_path / "old"), "columns": {"a": "before"}}]
    found = Table("m.t", [stored_file(f, described) for f in files], described)
    assert found.to_arrow().to_pylist() == [{"a": "new", "z": 1}, {"a": "old", "z": 1}]
    assert stored_file(files[1], described) == StoredFile(str(tmp_path / "old"), ("before", "x.y"))


def test_declared_types_come_back(tmp_path):
    stored = pa.table(
        {
            "tiny": pa.array([1, None], pa.int32()),
            "u": pa.array([decimal.Decimal(2**64 - 1), None], pa.decimal128(20, 0)),
            "id": pa.array([uuid.UUID(int=1).bytes, None], pa.binary(16)),
            "at": pa.array([0, None], pa.timestamp("us", "UTC")),
            "l": pa.array([[1], None], pa.list_(pa.int32())),
        }
    )
    types = {"tiny": "TINYINT", "u": "UBIGINT", "id": "UUID", "at": "TIMESTAMPTZ", "l": "TINYINT[]"}
    found = table(tmp_path, stored, types).to_arrow()
    assert [str(f.type) for f in found.schema][:4] == ["int8", "uint64", "string", "timestamp[us, tz=UTC]"]
    assert found.to_pylist()[0] == {
        "tiny": 1,
        "u": 2**64 - 1,
        "id": "00000000-0000-0000-0000-000000000001",
        "at": datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc),
        "l": [1],
    }
    assert set(found.to_pylist()[1].values()) == {None}


def test_dates_are_datetimes_in_pandas(tmp_path):
    found = table(tmp_path, pa.table({"d": [datetime.date(2026, 1, 2), None]}), {"d": "DATE"})
    assert str(found.to_pandas()["d"].dtype).startswith("datetime64")
    assert found.to_pandas(date_as_object=True)["d"][0] == datetime.date(2026, 1, 2)


def test_large_integers_with_nulls_lose_nothing(tmp_path):
    stored = pa.table({"a": [2**60 + 1, None], "b": [1, None], "c": ["x", "y"]})
    frame = table(tmp_path, stored, {"a": "BIGINT", "b": "BIGINT", "c": "VARCHAR"}).to_pandas()
    assert list(frame.columns) == ["a", "b", "c"]
    assert str(frame["a"].dtype) == "Int64" and frame["a"][0] == 2**60 + 1
    assert str(frame["b"].dtype) == "float64"


def test_a_file_that_has_gone():
    found = Table("m.t", [StoredFile("/nowhere/x.parquet", ("a",))], [("a", parse_type("INTEGER"), "a")])
    with pytest.raises(ReadError, match="a file of m.t has gone"):
        found.to_arrow()
