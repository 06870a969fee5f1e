"""PostgreSQL itself, which reads the lake by postgres_fdw; FDW_DSN says where one is that may be changed."""
import json
import os

import psycopg

from connect import DATABASE, HOST, PASSWORD, PORT, USER

QUOTED = PASSWORD.replace("'", "''")
local = psycopg.connect(os.environ["FDW_DSN"], autocommit=True)
options = f"host '{HOST}', port '{PORT}', dbname '{DATABASE}', use_remote_estimate 'false', fetch_size '100'"
if os.environ.get("PGSSLMODE", "disable") != "disable":
    # PostgreSQL runs as another user, who cannot read our certificate and has none of its own.
    options += ", sslmode 'require', sslrootcert '/none/root.crt', sslcert '/none/postgresql.crt', sslkey '/none/postgresql.key'"
for statement in (
    "CREATE EXTENSION IF NOT EXISTS postgres_fdw",
    "DROP SERVER IF EXISTS lake CASCADE",
    f"CREATE SERVER lake FOREIGN DATA WRAPPER postgres_fdw OPTIONS ({options})",
    f"CREATE USER MAPPING FOR CURRENT_USER SERVER lake OPTIONS (user '{USER}', password '{QUOTED}')",
    "DROP SCHEMA IF EXISTS marts CASCADE",
    "CREATE SCHEMA marts",
    "IMPORT FOREIGN SCHEMA marts FROM SERVER lake INTO marts",
):
    local.execute(statement)


def rows(sql):
    return [tuple(map(str, row)) for row in local.execute(sql).fetchall()]


def remote(sql):
    """What the lake is asked for that, one query after the other."""
    found = []

    def walk(plan):
        if "Remote SQL" in plan:
            found.append(plan["Remote SQL"])
        for child in plan.get("Plans", []):
            walk(child)

    walk(local.execute("EXPLAIN (VERBOSE, FORMAT JSON) " + sql).fetchone()[0][0]["Plan"])
    assert found, sql
    return found


assert rows("SELECT count(*), sum(flights), max(day) FROM marts.daily") == [("1000", "499500", "2026-09-26")]

# A filter is the lake's work: what is read is what is left.
filtered = "SELECT day, revenue, list, seen AT TIME ZONE 'UTC', even FROM marts.daily WHERE region = 'r1' AND flights < 5 ORDER BY flights"
assert rows(filtered) == [
    ("2024-01-02", "1.25", "[1, None]", "2024-01-01 01:00:00", "False"),
    ("2024-01-05", "5.00", "[4, None]", "2024-01-01 04:00:00", "True"),
], rows(filtered)
asked = remote(filtered)
print(json.dumps(asked))
assert len(asked) == 1 and "WHERE" in asked[0] and "flights < 5" in asked[0] and "region = 'r1'" in asked[0], asked
by_day = remote("SELECT flights FROM marts.daily WHERE day >= '2024-02-01' AND revenue > 10.5")
print(json.dumps(by_day))
assert "day >= '2024-02-01'" in by_day[0] and "revenue > 10.5" in by_day[0], by_day

joined = ("SELECT count(*) FROM marts.daily a JOIN marts.daily b USING (flights) WHERE"
          " a.region IN ('r1', 'r2') AND b.region LIKE 'r%'")
assert rows(joined) == [("666",)]
print(json.dumps(remote(joined)))

grouped = "SELECT region, count(*) FROM marts.daily GROUP BY 1 ORDER BY 1"
assert rows(grouped) == [("r0", "334"), ("r1", "333"), ("r2", "333")]
print(json.dumps(remote(grouped)))

limited = "SELECT flights FROM marts.daily ORDER BY flights LIMIT 2"
assert rows(limited) == [("0",), ("1",)]
print(json.dumps(remote(limited)))
local.execute("DROP SERVER lake CASCADE")
local.close()
