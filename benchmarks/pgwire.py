#!/usr/bin/env python3
"""The PostgreSQL protocol: TPC-H's 22 queries over the wire against DuckDB in process and PostgreSQL on the same rows; a million
rows of ten columns fetched by psycopg and pgjdbc, from both servers; what 200 idle connections take.

    python3 benchmarks/pgwire.py --work DIR [--rounds 3] [--scale 1] [--hot-tables 0,2048] [tpch|hot|fetch|idle ...]

`hot` (by name only) times the 22 queries over the wire against servers with as many MB for copies of tables that are read
often as each number of --hot-tables says (0: none, the lake's files are read), and tells query by query what copies are
worth; with one number `tpch` has it.

Sides run in turn, A B A B. Needs a built checkout, PostgreSQL's server programs (Debian: postgresql), as root a user
`postgres`, and pgjdbc in Maven's repository; psycopg and duckdb come from PyPI into a venv in DIR.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import time
import venv

import databases
from compare import ROOT, TOWPATH

TABLES = "region nation supplier customer part partsupp orders lineitem".split()
WIRE_PORT = 5498
SETTINGS = ["shared_buffers=1GB", "work_mem=256MB", "fsync=off"]

WIDE = """SELECT i::INTEGER AS a, i AS b, (i * 3)::DOUBLE AS c, (i / 100)::DECIMAL(18, 2) AS d, 'name ' || i AS e,
  DATE '2000-01-01' + (i % 9000)::INTEGER AS f, TIMESTAMP '2000-01-01 00:00:00' + to_seconds(i) AS g, i % 2 = 0 AS h,
  (i % 100)::SMALLINT AS k, 'x' || (i % 10) AS l
FROM range(1000000) t(i)
"""

JAVA = """
import java.sql.*;
class Fetch {
  public static void main(String[] a) throws Exception {
    try (Connection c = DriverManager.getConnection(a[0], a[1], a[2]); Statement s = c.createStatement()) {
      c.setAutoCommit(false);
      s.setFetchSize(10000);
      for (int round = 0; round < Integer.parseInt(a[3]) + 1; round++) {
        long began = System.nanoTime(), rows = 0;
        try (ResultSet r = s.executeQuery("SELECT * FROM marts.wide")) {
          while (r.next()) { for (int i = 1; i <= 10; i++) r.getObject(i); rows++; }
        }
        if (round > 0) System.out.println((System.nanoTime() - began) / 1e9);
      }
    }
  }
}
"""


def sh(command, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def geometric(values):
    return statistics.geometric_mean(values)


class Bench:
    def __init__(self, work, rounds, scale, hot):
        self.work, self.rounds, self.scale, self.hot_tables = work, rounds, scale, hot
        self.project = work / "project"
        self.python = work / "venv" / "bin" / "python"
        if not self.python.exists():
            venv.create(work / "venv", with_pip=True)
            sh([self.python, "-m", "pip", "install", "-q", "psycopg[binary]", "duckdb==2.0.0"])
        if not (self.project / "towpath.yml").exists():
            self.prepare()
        self.token = sh([TOWPATH, "-C", self.project, "token"]).strip()
        self.queries = [
            re.sub(r"^/\*.*?\*/", "", f.read_text(), flags=re.S).strip().rstrip(";")
            for f in sorted((ROOT / "examples/tpch/models/queries").glob("q*.sql"))
        ]

    def prepare(self):
        (self.project / "sources").mkdir(parents=True)
        (self.project / "models" / "marts").mkdir(parents=True)
        source = (ROOT / "examples/tpch/sources/tpch.yml").read_text()
        (self.project / "sources" / "tpch.yml").write_text(re.sub(r"(?m)^scale: .*", f"scale: {self.scale}", source))
        (self.project / "models" / "marts" / "wide.sql").write_text(WIDE)
        (self.project / "towpath.yml").write_text("project: bench\n")
        sh([TOWPATH, "-C", self.project, "run"])
        for table in TABLES + ["wide"]:
            name = ("marts." if table == "wide" else "tpch.") + table
            sh([TOWPATH, "-C", self.project, "query", f"FROM {name}", "--format", "parquet", "--output", self.work / f"{table}.parquet"])

    @contextlib.contextmanager
    def serve(self, hot=None):
        log = open(self.work / "serve.log", "w")
        more = [] if hot is None else ["--hot-tables", str(hot)]
        server = subprocess.Popen(
            [str(TOWPATH), "-C", str(self.project), "serve", "--port", "0", "--pg-port", str(WIRE_PORT), *more], stdout=log, stderr=log)
        try:
            self.wait(f"host=127.0.0.1 port={WIRE_PORT} user=admin password={self.token} dbname=bench")
            yield
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)

    def wait(self, dsn):
        for _ in range(300):
            done = subprocess.run([self.python, "-c", f"import psycopg; psycopg.connect({dsn!r})"], capture_output=True)
            if done.returncode == 0:
                return
            time.sleep(0.2)
        sys.exit("a server does not start")

    @contextlib.contextmanager
    def postgres(self):
        """A cluster with the same rows, types that PostgreSQL people would use, and statistics."""
        fresh = not (self.work / "pg").exists()
        with databases.Server(self.work / "pg", SETTINGS) as server:
            if fresh:
                for table in TABLES + ["wide"]:
                    schema = "marts" if table == "wide" else "tpch"
                    sh([self.python, "-c", LOAD, self.work / f"{table}.parquet", schema, table, server.port])
                sh([self.python, "-c", INDEX, server.port])
            yield server

    def tpch(self):
        sides = {"native": [], "wire": [], "postgres": []}
        script = self.work / "queries.json"
        script.write_text(json.dumps(self.queries))
        with self.serve(self.hot_tables[0] if len(self.hot_tables) == 1 else None), self.postgres() as postgres:
            for round_ in range(self.rounds + 1):
                for side in sides:
                    seconds = self.ask(side, script, postgres.port)
                    if round_ > 0:  # the first round warms up
                        sides[side].append(seconds)
                    print(side, f"{sum(seconds):.2f} s", flush=True)
        best = {side: [statistics.median(each) for each in zip(*rounds)] for side, rounds in sides.items()}
        for number, (n, w, p) in enumerate(zip(*best.values()), 1):
            print(f"| q{number:02} | {n * 1000:.0f} | {w * 1000:.0f} | {p * 1000:.0f} |")
        print(f"sum: native {sum(best['native']):.2f} s, wire {sum(best['wire']):.2f} s, PostgreSQL {sum(best['postgres']):.2f} s")
        print(f"wire / native: {sum(best['wire']) / sum(best['native']):.2f} of the sums,"
              f" {geometric([w / n for w, n in zip(best['wire'], best['native'])]):.2f} geometric mean")
        print(f"PostgreSQL / wire: {geometric([p / w for p, w in zip(best['postgres'], best['wire'])]):.1f} geometric mean")

    def ask(self, side, script, postgres=0, pid=0):
        """Seconds of each query; with a pid, of the processor that this process used for it."""
        told = sh([self.python, "-c", ASK, side, script, self.work, WIRE_PORT, postgres, self.token, pid])
        return json.loads(told.splitlines()[-1])  # before it, DuckDB may have drawn its progress

    def hot(self):
        """Both what a query takes and what of the processors, which others that use the machine change less. A server lives
        for a round, since two at a time would share the processors; its first passes make the copies."""
        script = self.work / "queries.json"
        script.write_text(json.dumps(self.queries))
        measures = {"time": {size: [] for size in self.hot_tables}, "CPU": {size: [] for size in self.hot_tables}}
        for _ in range(self.rounds):
            for size in self.hot_tables:
                with self.serve(size):
                    pid = json.loads((self.project / ".towpath" / "server.json").read_text())["pid"]
                    for _ in range(2):
                        self.ask("wire", script)
                    for name, rounds in measures.items():
                        passes = [self.ask("wire", script, pid=pid if name == "CPU" else 0) for _ in range(2)]
                        rounds[size].append([min(each) for each in zip(*passes)])
                        print(f"{size} MB, {name}: {sum(rounds[size][-1]):.2f} s", flush=True)
        for name, rounds in measures.items():
            best = {size: [statistics.median(each) for each in zip(*rounds[size])] for size in rounds}
            without, *more = best
            for size in more:
                ratios = [b / a for a, b in zip(best[without], best[size])]
                print(f"| query | {name} with {without} MB, ms | {size} MB | ratio |")
                for number, (a, b, ratio) in enumerate(zip(best[without], best[size], ratios), 1):
                    print(f"| q{number:02} | {a * 1000:.0f} | {b * 1000:.0f} | {ratio:.2f} |")
                slower = [f"q{n:02}" for n, ratio in enumerate(ratios, 1) if ratio > 1]
                print(f"{name}, {size} MB against {without}: sums {sum(best[size]):.2f} s, {sum(best[without]):.2f} s; of queries min"
                      f" {min(ratios):.2f}, median {statistics.median(ratios):.2f}, max {max(ratios):.2f}; more: {slower}")

    def fetch(self):
        (self.work / "Fetch.java").write_text(JAVA)
        jar = sorted(pathlib.Path.home().glob(".m2/repository/org/postgresql/postgresql/*/postgresql-*.jar"))[-1]
        home = os.environ.get("JAVA_HOME")
        java = pathlib.Path(home) / "bin" / "java" if home else "java"
        times = {}
        with self.serve(), self.postgres() as postgres:
            where = {"wire": (WIRE_PORT, "admin", self.token, "bench"), "postgres": (postgres.port, "postgres", "x", "postgres")}
            for round_ in range(self.rounds + 1):  # the first warms up
                for side, (port, user, password, database) in where.items():
                    dsn = f"host=127.0.0.1 port={port} user={user} password={password} dbname={database}"
                    for form in ("text", "binary"):
                        seconds = float(sh([self.python, "-c", FETCH, dsn, form]))
                        if round_ > 0:
                            times.setdefault((f"psycopg {form}", side), []).append(seconds)
                    url = f"jdbc:postgresql://127.0.0.1:{port}/{database}"
                    found = sh([java, "-cp", jar, self.work / "Fetch.java", url, user, password, "1"])
                    if round_ > 0:
                        times.setdefault(("pgjdbc", side), []).append(float(found.split()[-1]))
        for (client, side), seconds in sorted(times.items()):
            print(f"| {client} | {side} | {statistics.median(seconds):.2f} s | {1 / statistics.median(seconds):.2f} M rows/s |")

    def idle(self):
        with self.serve():
            pid = json.loads((self.project / ".towpath" / "server.json").read_text())["pid"]
            print(sh([self.python, "-c", IDLE, WIRE_PORT, self.token, pid]))


LOAD = """
import duckdb, psycopg, sys
file, schema, table, port = sys.argv[1:]
rows = duckdb.connect().execute(f"SELECT * FROM '{file}'")
types = {"VARCHAR": "text", "DOUBLE": "float8"}
columns = ", ".join(f'"{d[0]}" {types.get(str(d[1]), str(d[1]))}' for d in rows.description)
with psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres") as c:
    c.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    c.execute(f"CREATE TABLE {schema}.{table} ({columns})")
    with c.cursor().copy(f"COPY {schema}.{table} FROM STDIN") as copy:
        while batch := rows.fetchmany(20000):
            for row in batch:
                copy.write_row(row)
with psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres", autocommit=True) as c:
    c.execute(f"VACUUM ANALYZE {schema}.{table}")
"""

# The keys that TPC-H declares, and an index for each foreign one: without them PostgreSQL scans lineitem once for each row of q17.
INDEX = """
import psycopg, sys
keys = {"region": "r_regionkey", "nation": "n_nationkey", "supplier": "s_suppkey", "customer": "c_custkey", "part": "p_partkey",
        "partsupp": "ps_partkey, ps_suppkey", "orders": "o_orderkey", "lineitem": "l_orderkey, l_linenumber"}
foreign = ["nation (n_regionkey)", "supplier (s_nationkey)", "customer (c_nationkey)", "partsupp (ps_suppkey)", "orders (o_custkey)",
           "lineitem (l_partkey, l_suppkey)", "lineitem (l_suppkey)"]
with psycopg.connect(f"host=127.0.0.1 port={sys.argv[1]} user=postgres dbname=postgres", autocommit=True) as c:
    for table, key in keys.items():
        c.execute(f"ALTER TABLE tpch.{table} ADD PRIMARY KEY ({key})")
    for index in foreign:
        c.execute(f"CREATE INDEX ON tpch.{index}")
    c.execute("VACUUM ANALYZE")
"""

ASK = """
import json, re, sys, time
import pathlib
side, script, work, wire, pg, token, pid = sys.argv[1:]
queries = json.load(open(script))
if side == "native":
    import duckdb
    c = duckdb.connect()
    c.execute("CREATE SCHEMA tpch")
    for t in "region nation supplier customer part partsupp orders lineitem".split():
        c.execute(f"CREATE TABLE tpch.{t} AS FROM '{work}/{t}.parquet'")
    ask = lambda q: c.execute(q).fetchall()
else:
    import psycopg
    dsn = (f"port={wire} user=admin password={token} dbname=bench" if side == "wire" else f"port={pg} user=postgres dbname=postgres")
    c = psycopg.connect("host=127.0.0.1 " + dsn, autocommit=True)
    ask = lambda q: c.execute(q).fetchall()
if side == "postgres":  # the same in PostgreSQL's words
    for word, theirs in ((r"INTERVAL (\\d+) (\\w+)", r"INTERVAL '\\1 \\2'"), (r"\\byear\\((\\w+)\\)", r"extract(year FROM \\1)"),
                         (r"FILTER \\((?!WHERE)", "FILTER (WHERE ")):
        queries = [re.sub(word, theirs, q) for q in queries]
def clock():
    if pid == "0":
        return time.monotonic()
    return sum(int((t / "schedstat").read_text().split()[0]) for t in pathlib.Path(f"/proc/{pid}/task").iterdir()) / 1e9
def timed(q):
    began = clock(); ask(q); return clock() - began
if side != "postgres":
    for q in queries: ask(q)
print(json.dumps([timed(q) for q in queries]))
"""

FETCH = """
import sys, time, psycopg
c = psycopg.connect(sys.argv[1])
binary = sys.argv[2] == "binary"
c.execute("SELECT * FROM marts.wide LIMIT 1", binary=binary).fetchall()
began = time.monotonic()
rows = c.execute("SELECT * FROM marts.wide", binary=binary).fetchall()
assert len(rows) == 1000000
print(time.monotonic() - began)
"""

IDLE = """
import sys, time, psycopg
port, token, pid = sys.argv[1:]
def resident():
    time.sleep(2)
    return next(int(l.split()[1]) / 1024 for l in open(f"/proc/{pid}/status") if l.startswith("VmRSS"))
def connect():
    c = psycopg.connect(f"host=127.0.0.1 port={port} user=admin password={token} dbname=bench", autocommit=True)
    c.execute("SELECT count(*) FROM tpch.nation").fetchall()
    return c
first = [connect() for _ in range(20)]
before = resident()
more = [connect() for _ in range(200)]
print(f"200 idle connections: {resident() - before:.0f} MB more resident memory ({before:.0f} MB before)")
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", default="1")
    parser.add_argument("--hot-tables", default="0,2048", type=lambda text: [int(each) for each in text.split(",")],
                        help="MB of copies of tables; for `hot` two or more, of which the first is what others are compared with")
    parser.add_argument("names", nargs="*", default=[])
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    bench = Bench(given.work.resolve(), given.rounds, given.scale, given.hot_tables)
    for name in given.names or ["tpch", "fetch", "idle"]:
        print(f"# {name}", flush=True)
        getattr(bench, name)()


if __name__ == "__main__":
    main()
