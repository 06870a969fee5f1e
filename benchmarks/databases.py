#!/usr/bin/env python3
"""TPC-H lineitem from PostgreSQL: Towpath, psql \\copy with DuckDB's load of the file, and dlt.

    python3 benchmarks/databases.py --work DIR [--scale 1] [--runs 3] [prepare|psql|parallel|dlt ...]

Makes a PostgreSQL server of its own below DIR (as the user postgres when this is root) and fills it from Towpath's source tpch.
Sides run in turn, A B A B. Needs a built checkout; installs duckdb and dlt by pip into a virtual environment below DIR.
"""

import argparse
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import textwrap

from compare import TOWPATH, Measure, Side, remove, row, run

HEAP = {"TOWPATH_JAVA_OPTS": "-Xmx300m"}
NO_TELEMETRY = {"RUNTIME__DLTHUB_TELEMETRY": "false"}

LOAD = """
import duckdb, sys
con = duckdb.connect(sys.argv[2])
con.execute(f"CREATE TABLE lineitem ({sys.argv[3]})")
con.execute(f"COPY lineitem FROM '{sys.argv[1]}' (FORMAT csv, HEADER false)")
con.close()
"""

DLT = """
import dlt, sys
from dlt.sources.sql_database import sql_table
pipeline = dlt.pipeline("bench", destination=dlt.destinations.duckdb(sys.argv[2]), dataset_name="shop", pipelines_dir=sys.argv[3])
table = sql_table(credentials=sys.argv[1], table="lineitem", backend="pyarrow", chunk_size=100000)
info = pipeline.run(table, write_disposition="replace")
info.raise_on_failed_jobs()
"""

COLUMNS = """l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber int, l_quantity numeric(15,2),
    l_extendedprice numeric(15,2), l_discount numeric(15,2), l_tax numeric(15,2), l_returnflag text, l_linestatus text,
    l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct text, l_shipmode text, l_comment text"""


# What a loader would set; a store of what runs keeps PostgreSQL's own settings.
LOADING = ["fsync=off", "shared_buffers=2GB", "max_wal_size=8GB", "autovacuum=off"]


class Server:
    def __init__(self, folder, settings=()):
        self.folder, self.settings = folder, settings
        self.bin = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def command(self, name, *words):
        command = [str(self.bin / name), *map(str, words)]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", *command]
        return command

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        data = self.folder / "data"
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
            for parent in self.folder.parents:
                if not parent.stat().st_mode & 0o001:
                    sys.exit(f"{parent} is closed to the user postgres: choose another --work")
        if not data.exists():
            subprocess.run(self.command("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
                                        "--locale=C.UTF-8", "--no-sync"), check=True, stdout=subprocess.DEVNULL)
        self.process = subprocess.Popen(
            self.command("postgres", "-D", data, "-p", self.port, "-c", "listen_addresses=127.0.0.1",
                         "-c", f"unix_socket_directories={self.folder}", *(w for s in self.settings for w in ("-c", s))),
            cwd=self.folder, stderr=open(self.folder / "log", "w"))
        while subprocess.run([self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode:
            if self.process.poll() is not None:
                sys.exit((self.folder / "log").read_text())
        return self

    def __exit__(self, *_):
        self.process.send_signal(2)
        self.process.wait()

    def psql(self, *words):
        return [str(self.bin / "psql"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-v",
                "ON_ERROR_STOP=1", *words]


class Bench:
    def __init__(self, work, runs, scale, server):
        self.work, self.runs, self.scale, self.server = work, runs, scale, server
        self.python = work / "venv" / "bin" / "python"
        if not self.python.exists():
            subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
            subprocess.run([self.python, "-m", "pip", "install", "-q", "duckdb==2.0.0", "dlt[duckdb]", "sqlalchemy",
                            "psycopg2-binary", "pyarrow", "pytz"], check=True)
        for name, text in (("load.py", LOAD), ("load_dlt.py", DLT)):
            (work / name).write_text(text)

    def prepare(self):
        folder = self.work / "tpch"
        write(folder / "towpath.yml", "project: tpch\n")
        write(folder / "sources" / "tpch.yml", f"type: tpch\nscale: {self.scale}\ntables: {{lineitem: {{}}}}\n")
        file = self.work / "lineitem.csv"
        run([TOWPATH, "-C", folder, "run"])
        run([TOWPATH, "-C", folder, "query", "FROM tpch.lineitem", "--format", "csv", "--output", file])
        run(self.server.psql("-c", f"DROP TABLE IF EXISTS lineitem; CREATE TABLE lineitem ({COLUMNS})"))
        run(self.server.psql("-c", f"\\copy lineitem FROM '{file}' (FORMAT csv, HEADER true)"))
        run(self.server.psql("-c", "VACUUM (FREEZE, ANALYZE) lineitem"))
        file.unlink()

    def towpath(self, parallel):
        folder = self.work / f"from-postgres-{parallel}"
        write(folder / "towpath.yml", "project: shop\n")
        write(folder / "sources" / "shop.yml", textwrap.dedent(f"""\
            type: postgres
            url: postgres://postgres@127.0.0.1:{self.server.port}/postgres
            parallel: {parallel}
            tables: {{lineitem: {{}}}}
            """))
        return Side([TOWPATH, "-C", folder, "run"], clean(folder / ".towpath"), env=HEAP)

    def measure(self, title, ours, theirs, goal):
        measure = Measure(f"lineitem of scale {self.scale}: {title}", ours, theirs, goal)
        print(row(measure, [r["sides"] for r in measure.rounds(self.runs)]), flush=True)

    def psql(self, parallel=1):
        csv, database = self.work / "out.csv", self.work / "out.db"
        copy = " ".join(quoted(self.server.psql("-c", f"\\copy (SELECT * FROM lineitem) TO '{csv}' (FORMAT csv)")))
        load = " ".join(quoted([str(self.python), str(self.work / "load.py"), str(csv), str(database),
                                COLUMNS.replace("\n", " ")]))

        theirs = Side(["sh", "-c", f"{copy} && {load}"], clean(csv, database))
        self.measure(f"`towpath run` (parallel: {parallel}, heap 300 MB) / `psql \\copy` and DuckDB's load",
                     self.towpath(parallel), theirs, 1)

    def parallel(self):
        self.psql(2)

    def dlt(self):
        database, state = self.work / "dlt.db", self.work / "dlt-state"

        theirs = [self.python, self.work / "load_dlt.py",
                  f"postgresql+psycopg2://postgres@127.0.0.1:{self.server.port}/postgres", database, state]
        self.measure("`towpath run` (parallel: 1, heap 300 MB) / dlt (pyarrow) into DuckDB", self.towpath(1),
                     Side(theirs, clean(database, state), env=NO_TELEMETRY), 1)


def clean(*paths):
    """A step that removes what is there of some files and folders."""
    def step():
        remove(*[path for path in paths if path.exists()])()
    return step


def quoted(words):
    return ["'" + word.replace("'", "'\\''") + "'" for word in words]


def write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scale", default="1")
    names = ["prepare", "psql", "parallel", "dlt"]
    parser.add_argument("names", nargs="*", choices=[[], *names])
    options = parser.parse_args()
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    with Server(work / "postgres", LOADING) as server:
        bench = Bench(work, options.runs, options.scale, server)
        print("| what | runs | A s | B s | A/B | goal | met | CPU s | peak MB |\n|" + "---|" * 9, flush=True)
        for name in options.names or names:
            getattr(bench, name)()


if __name__ == "__main__":
    main()
