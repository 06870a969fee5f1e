"""What a client gives over the real thing; the classes of test_client and test_remote say how it is reached."""

import datetime
import decimal

import pytest
import towpath

MODEL = "SELECT id::BIGINT AS id, region, day, (id / 4)::DECIMAL(9,2) AS part FROM raw.t ORDER BY id\n"


class RealLake:
    """Tests over a lake with the table marts.m, of MODEL; its class has the fixture ``lake``."""

    def test_read(self, lake):
        frame = lake.read("marts.m").to_pandas()
        assert list(frame.columns) == ["id", "region", "day", "part"]
        assert len(frame) == 3
        assert lake.read("marts.m", columns=["region"], release=1).to_polars()["region"].to_list() == ["N", "S", None]
        assert "marts.m" in lake.tables()
        assert all(f.nullable for f in lake.read("marts.m").to_arrow().schema)
        assert all(f.nullable for batch in lake.read("marts.m").to_batches() for f in batch.schema)

    def test_a_release_that_never_was(self, lake):
        with pytest.raises(towpath.TowpathError, match="dev has no release 0"):
            lake.read("marts.m", release=0).to_arrow()

    def test_parameters_are_bound(self, lake):
        def ids(where, **params):
            return lake.query("SELECT id FROM marts.m WHERE " + where + " ORDER BY id", **params).to_arrow()["id"].to_pylist()

        assert ids("region = $r", r="N") == [1]
        assert ids("region = $r", r="N' OR true --") == []
        assert ids("day >= $d", d=datetime.date(2026, 1, 2)) == [2]
        assert ids("region IS NOT DISTINCT FROM $r", r=None) == [3]
        assert ids("id IN (SELECT unnest($ids))", ids=[1, 3]) == [1, 3]
        assert ids("part = $p", p=decimal.Decimal("0.50")) == [2]

    @pytest.mark.parametrize(
        "value",
        [
            "", " ", "a=b", "it's", 'q"uote', "back\\slash", "new\nline", "ünï", "[1, 2]", "NULL", "-x", "@x", "$x", 'a", "b',
        ],
    )
    def test_text_comes_back_as_it_was(self, lake, value):
        found = lake.query("SELECT $v AS v, $l AS l", v=value, l=[value, None]).to_arrow()
        assert found.to_pylist() == [{"v": value, "l": [value, None]}]

    @pytest.mark.parametrize(
        "value",
        [
            True, 0, -(2**63), 0.1, decimal.Decimal("123.456"), datetime.date(1, 1, 1),
            datetime.datetime(2026, 1, 2, 3, 4, 5, 678), datetime.time(23, 59, 59, 1), [1.5, None], [True, False],
            [datetime.date(2026, 1, 1)], [],
        ],
    )
    def test_values_come_back_as_they_were(self, lake, value):
        assert lake.query("SELECT $v AS v", v=value).to_arrow()["v"].to_pylist() == [value]

    def test_many_and_other_values(self, lake):
        numpy = pytest.importorskip("numpy")
        many = list(range(30_000))
        count = "SELECT count(*) AS n FROM range(40000) AS r(i) WHERE i IN (SELECT unnest($ids))"
        assert lake.query(count, ids=many).to_arrow()["n"].to_pylist() == [30_000]
        assert lake.query(count, ids=numpy.array([1, 2, 50_000])).to_arrow()["n"].to_pylist() == [2]
        found = lake.query("SELECT $release AS r, $sql AS s", params={"release": 1, "sql": "x"}).to_arrow()
        assert found.to_pylist() == [{"r": 1, "s": "x"}]

    def test_a_sum_of_whole_numbers_is_exact(self, lake):
        found = lake.query("SELECT sum(n) AS s, [sum(n)] AS l FROM (VALUES (9007199254740992), (1)) AS v(n)")
        assert found.to_arrow().to_pylist() == [{"s": 2**53 + 1, "l": [2**53 + 1]}]
        assert int(found.to_pandas()["s"][0]) == 2**53 + 1
        (batch,) = list(found.to_batches())
        assert batch.column(0)[0].as_py() == decimal.Decimal(2**53 + 1)
        with pytest.raises(towpath.TowpathError, match="DECIMAL"):
            lake.query("SELECT 170141183460469231731687303715884105727::HUGEINT AS n").to_arrow()

    @pytest.mark.parametrize(
        "sql,type_,value",
        [
            ("(-1)::HUGEINT", "decimal128(38, 0)", decimal.Decimal(-1)),
            ("1::UHUGEINT", "decimal128(38, 0)", decimal.Decimal(1)),
            ("18446744073709551615::UBIGINT", "uint64", 2**64 - 1),
            ("1::TINYINT", "int8", 1),
            ("'00112233-4455-6677-8899-AABBCCDDEEFF'::UUID", "string", "00112233-4455-6677-8899-aabbccddeeff"),
            ("'{\"a\": 1}'::JSON", "string", '{"a": 1}'),
            ("'101'::BIT", "string", "101"),
            ("'a'::ENUM('a', 'b')", "string", "a"),
            ("INTERVAL 1 DAY", "string", "1 day"),
            ("'\\x00\\xFF'::BLOB", "binary", b"\x00\xff"),
            ("TIME '23:59:59.000001'", "time64[us]", datetime.time(23, 59, 59, 1)),
            ("TIMESTAMP_S '2026-01-02 03:04:05'", "timestamp[us]", datetime.datetime(2026, 1, 2, 3, 4, 5)),
            ("TIMESTAMPTZ '2026-01-02 03:04:05+02'", None, datetime.datetime(2026, 1, 2, 1, 4, 5, tzinfo=datetime.timezone.utc)),
            ("DATE '2026-01-02'", "date32[day]", datetime.date(2026, 1, 2)),
            ("1.5::FLOAT", "float", 1.5),
            ("[1.0, 2.0]::DOUBLE[2]", None, [1.0, 2.0]),
            ("{'a': '00112233-4455-6677-8899-aabbccddeeff'::UUID}", None, {"a": "00112233-4455-6677-8899-aabbccddeeff"}),
            ("MAP {'k': 1::HUGEINT}", None, [("k", decimal.Decimal(1))]),
        ],
    )
    def test_types_are_the_same_whatever_the_way(self, lake, sql, type_, value):
        column = lake.query("SELECT %s AS c" % sql).to_arrow().column("c")
        assert column.to_pylist() == [value]
        if type_ is not None:
            assert str(column.type).replace("large_", "") == type_

    def test_errors(self, lake):
        with pytest.raises(towpath.TowpathError) as failed:
            lake.query("SELECT nme\nFROM marts.m").to_arrow()
        problem = failed.value.problems[0]
        assert (problem.file, problem.line, problem.column) == ("query", 1, 8)
        with pytest.raises(towpath.TowpathError, match="unknown table"):
            lake.read("marts.x").to_arrow()
        with pytest.raises(towpath.TowpathError, match="has no value"):
            lake.query("SELECT id FROM marts.m WHERE id = $id").to_arrow()
        with pytest.raises(towpath.TowpathError):
            lake.run("no.such")
