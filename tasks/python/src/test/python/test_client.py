"""The client beside a project: a stand-in for the program tells what it was called with, and the real one is tried last."""

import datetime
import decimal
import json
import os
import stat
import sys
import uuid

import pytest
import real_lake
import towpath
from towpath._client import typed_text

FAKE = """\
#!%s
import json, sys
import pyarrow as pa, pyarrow.parquet as pq
words = sys.argv[1:]
given = [json.load(open(w[9:])) for w in words if w.startswith("--param=@")]
with open(%r, "a") as log:
    log.write(json.dumps(words + given) + "\\n")
if "query" in words:
    sql = open(words[-1][1:]).read()
    if "broken" in sql:
        print(json.dumps({"problems": [
            {"file": words[-1][1:], "line": 1, "column": 15, "severity": "error", "message": "unknown table", "hint": "h"},
            {"file": "other.sql", "line": 2, "column": 1, "severity": "error", "message": "more", "hint": None}]}))
        sys.exit(1)
    if "hinted" in sql:
        print(json.dumps({"problems": [
            {"file": "query", "line": 1, "column": 8, "message": "no value", "hint": "add --param region=VALUE"}]}))
        sys.exit(1)
    if "crash" in sql:
        print("no memory", file=sys.stderr)
        sys.exit(134)
    pq.write_table(pa.table({"sql": [sql], "n": [2**60 + 1]}), words[words.index("--output") + 1])
elif "run" in words:
    print(json.dumps({"success": True, "release": 3}))
elif "ls" in words:
    print(json.dumps({"assets": [{"name": "a.b"}]}))
"""


@pytest.fixture
def calls(tmp_path):
    log = tmp_path / "calls"
    log.write_text("")
    return lambda: [json.loads(line) for line in log.read_text().splitlines()]


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "towpath"
    path.write_text(FAKE % (sys.executable, str(tmp_path / "calls")))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "towpath.yml").write_text("project: p\n")
    return folder


def test_read_and_query(folder, program, calls):
    lake = towpath.connect(folder, env="dev", program=program)
    assert lake.read("marts.daily", release=3, columns=["a", 'b"c']).to_arrow().to_pylist() == [
        {"sql": 'SELECT "a", "b""c" FROM "marts"."daily"', "n": 2**60 + 1}
    ]
    words = calls()[0]
    assert words[:5] == ["-C", str(folder), "--env", "dev", "query"]
    assert words[words.index("--release") + 1] == "3"
    result = lake.query("SELECT $a", a="x", b=None)
    assert len(result) == 1
    assert result.to_pandas()["n"][0] == 2**60 + 1
    assert result.to_polars()["sql"].to_list() == ["SELECT $a"]
    assert next(iter(result.to_batches())).num_rows == 1
    assert len(calls()) == 2, "a result is fetched once"
    assert calls()[1][-1] == {"a": {"type": "VARCHAR", "value": "x"}, "b": None}
    lake.query("SELECT $release, $sql", params={"release": "secret"}, sql=1).to_arrow()
    assert calls()[-1].pop() == {"release": {"type": "VARCHAR", "value": "secret"}, "sql": {"type": "BIGINT", "value": "1"}}
    assert "secret" not in str(calls()[-1][:-1]), "others see the arguments of a program"
    assert lake.tables() == ["a.b"]
    assert lake.run("marts.*", full=True)["release"] == 3
    assert calls()[-1][-4:] == ["--json", "--full", "--", "marts.*"]


def test_a_job_reads_the_environment_of_its_run(folder, program, calls, tmp_path, monkeypatch):
    monkeypatch.setenv("TOWPATH_PROJECT", str(folder))
    monkeypatch.setenv("TOWPATH_ENV", "prod")
    monkeypatch.setenv("TOWPATH_HOME", str(tmp_path))
    assert towpath.connect().env == "prod"
    assert towpath.connect(folder).env == "prod"
    assert towpath.connect(env="dev").env == "dev"
    other = tmp_path / "other"
    other.mkdir()
    (other / "towpath.yml").write_text("project: other\n")
    assert towpath.connect(other).env is None
    monkeypatch.setenv("TOWPATH_JOB", "j")
    towpath.context().read("a.b").to_arrow()
    assert calls()[-1][:5] == ["-C", str(folder), "--env", "prod", "query"]


def test_nothing_is_left_behind(folder, program):
    result = towpath.connect(folder, program=program).query("SELECT 1")
    result.to_arrow()
    kept = result._folder.name
    assert os.path.isdir(kept)
    del result
    assert not os.path.exists(kept)


def test_errors_have_all_problems(folder, program):
    with pytest.raises(towpath.TowpathError) as failed:
        towpath.connect(folder, program=program).query("SELECT * FROM broken").to_arrow()
    assert str(failed.value) == "query:1:15: unknown table\n  hint: h\nother.sql:2:1: more"
    assert [p.column for p in failed.value.problems] == [15, 1]
    with pytest.raises(towpath.TowpathError, match="exit code 134: no memory"):
        towpath.connect(folder, program=program).query("crash").to_arrow()


def test_where_things_are(folder, program, tmp_path, monkeypatch):
    monkeypatch.delenv("TOWPATH_PROJECT", raising=False)
    monkeypatch.delenv("TOWPATH_HOME", raising=False)
    deep = folder / "notebooks" / "deep"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert towpath.connect().folder == str(folder)
    assert towpath.connect()._program == program
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(towpath.TowpathError, match="the program towpath was not found"):
        towpath.connect()
    monkeypatch.setenv("TOWPATH_HOME", str(tmp_path))
    assert towpath.connect()._program == program
    monkeypatch.setenv("TOWPATH_HOME", "/nowhere")
    with pytest.raises(towpath.TowpathError, match="TOWPATH_HOME is /nowhere, which has no towpath"):
        towpath.connect()
    with pytest.raises(towpath.TowpathError, match="is no project: it has no towpath.yml"):
        towpath.connect("/")
    with pytest.raises(towpath.TowpathError, match="/no/such is no program"):
        towpath.connect(folder, program="/no/such")
    monkeypatch.chdir("/")
    monkeypatch.setenv("TOWPATH_PROJECT", str(folder))
    monkeypatch.delenv("TOWPATH_HOME")
    assert towpath.connect(program=program).folder == str(folder)


@pytest.mark.parametrize(
    "value,type_,text",
    [
        (True, "BOOLEAN", "true"),
        (3, "BIGINT", "3"),
        (2**80, "HUGEINT", str(2**80)),
        (0.1, "DOUBLE", "0.1"),
        (float("inf"), "DOUBLE", "inf"),
        (decimal.Decimal("1.50"), "DECIMAL(3,2)", "1.50"),
        (decimal.Decimal("1E+3"), "DECIMAL(4,0)", "1000"),
        (decimal.Decimal("0.001"), "DECIMAL(3,3)", "0.001"),
        ("a=b", "VARCHAR", "a=b"),
        (datetime.date(2026, 1, 2), "DATE", "2026-01-02"),
        (datetime.datetime(2026, 1, 2, 3), "TIMESTAMP", "2026-01-02 03:00:00"),
        (
            datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc),
            "TIMESTAMP WITH TIME ZONE",
            "2026-01-02 00:00:00+00:00",
        ),
        (datetime.time(1, 2), "TIME", "01:02:00"),
        (uuid.UUID(int=1), "UUID", "00000000-0000-0000-0000-000000000001"),
        ([1, None], "BIGINT[]", "[1, NULL]"),
        ([1, 2.5], "DOUBLE[]", "[1, 2.5]"),
        ([decimal.Decimal("1.5"), decimal.Decimal("10")], "DECIMAL(3,1)[]", "[1.5, 10]"),
        ([], "VARCHAR[]", "[]"),
        ([[1], [2]], "BIGINT[][]", "[[1], [2]]"),
    ],
)
def test_values_of_parameters(value, type_, text):
    assert typed_text(value) == (type_, text)


@pytest.mark.parametrize("value", [{"a": 1}, object(), [1, "a"], decimal.Decimal("NaN"), 3j])
def test_values_that_cannot_be_parameters(value):
    with pytest.raises(TypeError):
        typed_text(value)


def test_calls_that_are_wrong(folder, program, calls):
    lake = towpath.connect(folder, program=program)
    with pytest.raises(TypeError, match=r"run takes words one by one"):
        lake.run(["marts.*"])
    with pytest.raises(TypeError, match="release is the number of one, not 'x'"):
        lake.read("a.b", release="x")
    assert calls() == []
    assert lake.read("a.b", release=pytest.importorskip("numpy").int64(3)).to_arrow().num_rows == 1


def test_hints_are_for_python(folder, program):
    with pytest.raises(towpath.TowpathError) as failed:
        towpath.connect(folder, program=program).query("SELECT hinted").to_arrow()
    assert failed.value.hint == failed.value.problems[0].hint == "add query(..., region=VALUE)"


def test_a_package_that_is_missing_in_ones_own_python(monkeypatch):
    from towpath._data import need

    monkeypatch.delenv("TOWPATH_PACKAGES", raising=False)
    with pytest.raises(towpath.TowpathError, match="install it: pip install nosuchpackage"):
        need("nosuchpackage", "to_x()")
    monkeypatch.setenv("TOWPATH_PACKAGES", "pyproject.toml")
    with pytest.raises(towpath.TowpathError, match="add nosuchpackage to the project's pyproject.toml"):
        need("nosuchpackage", "to_x()")


def test_columns_may_have_nulls_whatever_the_file_says():
    import pyarrow as pa
    from towpath._client import batches_of, nullable

    inner = pa.struct([pa.field("x", pa.list_(pa.field("element", pa.int64(), False)), False)])
    schema = pa.schema([pa.field("region", pa.string(), False), pa.field("s", inner, False)])
    table = pa.Table.from_arrays([pa.array(["N"]), pa.array([{"x": [1]}], inner)], schema=schema)
    other = nullable(pa.table({"region": ["S"], "s": [{"x": [2]}]}))
    assert all(f.nullable for f in nullable(table).schema)
    assert pa.concat_tables([nullable(table), other]).to_pylist()[0] == {"region": "N", "s": {"x": [1]}}
    assert batches_of(table.to_batches()[0])[0].schema == other.schema


REAL = os.environ.get("TOWPATH_PROGRAM")


@pytest.mark.skipif(not REAL, reason="TOWPATH_PROGRAM names no launcher to try")
class TestTheRealProgram(real_lake.RealLake):
    @pytest.fixture(scope="class")
    def lake(self, tmp_path_factory):
        folder = tmp_path_factory.mktemp("project")
        (folder / "towpath.yml").write_text("project: p\n")
        (folder / "seeds" / "raw").mkdir(parents=True)
        (folder / "seeds" / "raw" / "t.csv").write_text("id,region,day\n1,N,2026-01-01\n2,S,2026-01-02\n3,,\n")
        models = folder / "models" / "marts"
        models.mkdir(parents=True)
        (models / "m.sql").write_text(real_lake.MODEL)
        lake = towpath.connect(folder, program=REAL)
        assert lake.run()["success"] is True
        return lake
