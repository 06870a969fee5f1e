import datetime
import decimal
import threading
import time
import uuid

import psycopg

from connect import DSN

connection = psycopg.connect(DSN, autocommit=True)


def rows(sql, *values, binary=False):
    return connection.execute(sql, values or None, binary=binary).fetchall()


for binary in (False, True):
    assert rows("SELECT day, flights, region, revenue, list, even FROM marts.daily WHERE flights = %s", 3, binary=binary) == [
        (datetime.date(2024, 1, 4), 3, "r0", decimal.Decimal("3.75"), [3, None], False)
    ]
    row = rows(
        "SELECT 1::SMALLINT, 2::INTEGER, 3::BIGINT, 4.5::FLOAT, 5.5::DOUBLE, 123456789.123::DECIMAL(38,10), -0.005::DECIMAL(5,3),"
        " DATE '2020-02-03', TIME '01:02:03.5', TIMESTAMP '2020-01-01 01:02:03', TIMESTAMPTZ '2020-01-01 01:02:03+00',"
        " INTERVAL '1 year 2 days 3 seconds', true, '\\xAA\\x00'::BLOB, ['a', 'b c', NULL], {'a': 1, 'b': [1, 2]}, MAP {'k': 1},"
        " NULL, 10::HUGEINT, '{\"a\": 1}'::JSON",
        binary=binary,
    )[0]
    assert row == (
        1, 2, 3, 4.5, 5.5, decimal.Decimal("123456789.123"), decimal.Decimal("-0.005"), datetime.date(2020, 2, 3),
        datetime.time(1, 2, 3, 500000), datetime.datetime(2020, 1, 1, 1, 2, 3),
        datetime.datetime(2020, 1, 1, 1, 2, 3, tzinfo=datetime.timezone.utc), datetime.timedelta(days=367, seconds=3), True,
        b"\xaa\x00", ["a", "b c", None], {"a": 1, "b": [1, 2]}, {"k": 1}, None, decimal.Decimal(10), {"a": 1},
    ), row

assert rows("SELECT count(*) FROM marts.daily WHERE region = ANY(%s)", ["r1", "r2"]) == [(666,)]
assert rows("SELECT %s::uuid, %s::bytea", uuid.UUID(int=5), b"\x00\xff") == [(uuid.UUID(int=5), b"\x00\xff")]
assert rows("SELECT count(*) FROM marts.daily WHERE revenue > %s AND seen > %s", decimal.Decimal("10.5"),
            datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc)) == [(975,)]

with connection.transaction(), connection.cursor("named") as cursor:
    cursor.execute("SELECT flights FROM marts.daily ORDER BY 1")
    assert (len(cursor.fetchmany(10)), len(cursor.fetchall())) == (10, 990)

with connection.cursor() as cursor:
    with cursor.copy("COPY (SELECT day, revenue, list FROM marts.daily ORDER BY day LIMIT 1) TO STDOUT (FORMAT BINARY)") as copy:
        copy.set_types(["date", "numeric", "int8[]"])
        assert list(copy.rows()) == [(datetime.date(2024, 1, 1), decimal.Decimal("0.00"), [0, None])]

with connection.pipeline():
    first = connection.execute("SELECT 1")
    second = connection.execute("SELECT count(*) FROM marts.daily WHERE flights < %s", [5])
    assert (first.fetchone(), second.fetchone()) == ((1,), (5,))

connection.prepare_threshold = 0
assert [rows("SELECT flights FROM marts.daily WHERE flights = %s", i)[0][0] for i in range(8)] == list(range(8))

timer = threading.Timer(0.5, connection.cancel)
timer.start()
started = time.monotonic()
try:
    rows("SELECT count(*) FROM range(100000000) a, range(100000) b")
    raise SystemExit("no error")
except psycopg.errors.QueryCanceled:
    assert time.monotonic() - started < 10
assert rows("SELECT 1") == [(1,)]
connection.close()
