"""PostgreSQL's own client; PSQL says where it is, the rest it finds in its own variables."""
import os
import pathlib
import re
import subprocess


def psql(*commands):
    words = [os.environ["PSQL"], "-X", "-v", "ON_ERROR_STOP=1"]
    for command in commands:
        words += ["-c", command]
    ended = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                           env=os.environ | {"PAGER": ""})
    assert ended.returncode == 0, (commands, ended.stdout, ended.stderr)
    assert "ERROR" not in ended.stdout + ended.stderr, (commands, ended.stdout, ended.stderr)
    return ended.stdout


assert psql("SELECT count(*) FROM marts.daily") == " count \n-------\n  1000\n(1 row)\n\n"
assert psql("\\copy (SELECT id FROM staging.flights ORDER BY id LIMIT 2) TO STDOUT CSV HEADER") == "id\n0\n1\n"
table = psql("\\d marts.daily")
assert 'Table "marts.daily"' in table, table
for column, kind in (("day", "date"), ("revenue", r"numeric\(18,2\)"), ("list", r"bigint\[\]"), ("seen", "timestamp with time zone")):
    assert re.search(rf"^ {column} +\| {kind} +\|", table, re.M), (column, table)
assert "extended" in psql("\\d+ daily")
tables = psql("\\dt")
assert re.search(r"marts +\| daily", tables) and re.search(r"staging +\| flights", tables), tables
assert "flights" not in psql("\\dt marts.*")
schemas = psql("\\dn")
assert "marts" in schemas and "staging" in schemas and "pg_" not in schemas, schemas
assert os.environ["PGDATABASE"] in psql("\\l")
for browse in (pathlib.Path(__file__).parent / "psql-browse.txt").read_text().split("\n"):
    if browse:
        psql(browse)
