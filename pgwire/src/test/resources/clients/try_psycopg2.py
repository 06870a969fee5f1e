import datetime
import decimal
import io

import psycopg2
import psycopg2.errors

from connect import DSN

connection = psycopg2.connect(DSN)


def rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall()


assert connection.server_version >= 160000
assert rows("SELECT day, flights, region, revenue, list, even FROM marts.daily WHERE flights = %s", 3) == [
    (datetime.date(2024, 1, 4), 3, "r0", decimal.Decimal("3.75"), [3, None], False)
]
assert rows("SELECT count(*) FROM marts.daily WHERE region IN %s AND day >= %s", ("r1", "r2"), datetime.date(2024, 1, 5))[0][0] == 664
assert rows("SELECT interval '1 month 2 days 03:04:05', NULL, 'x', true, 1.5::FLOAT") == [
    (datetime.timedelta(days=32, seconds=11045), None, "x", True, 1.5)
]
assert bytes(rows("SELECT %s::bytea", psycopg2.Binary(b"\x00\xff\\'"))[0][0]) == b"\x00\xff\\'"

with connection.cursor("named") as cursor:  # DECLARE, FETCH
    cursor.itersize = 300
    cursor.execute("SELECT flights FROM marts.daily ORDER BY 1")
    assert [row[0] for row in cursor] == list(range(1000))

try:
    rows("SELECT nope FROM marts.daily")
    raise SystemExit("no error")
except psycopg2.Error:
    try:
        rows("SELECT 1")
        raise SystemExit("no error")
    except psycopg2.errors.InFailedSqlTransaction:
        connection.rollback()
assert rows("SELECT 1") == [(1,)]

text = io.StringIO()
with connection.cursor() as cursor:
    cursor.copy_expert("COPY (SELECT day, region FROM marts.daily ORDER BY day LIMIT 2) TO STDOUT WITH CSV HEADER", text)
assert text.getvalue() == "day,region\n2024-01-01,r0\n2024-01-02,r1\n"
connection.close()
