#!/usr/bin/env python3
"""A large CSV into the lake against DuckDB's own COPY to Parquet, and merging changes against building anew.

    python3 benchmarks/tables.py --work DIR [--runs 5] [--bytes 1e9] [--rows 10000000] [prepare|csv|clustered|spread ...]

Without a name everything is done. Sides run in turn, A B A B. Needs a built checkout; installs duckdb by pip into a virtual
environment below DIR, which takes some 4 GB.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys

from compare import TOWPATH, Measure, Side, remove, row, run

CHANGES = 100_000

# So many rows of an order book, from an id on, each "step"-th id; "written" is when a row was.
ROWS = """SELECT id, hash(id, {salt}) % 100000 AS customer, TIMESTAMP '2024-01-01' + to_seconds(id) AS placed,
    ['new', 'paid', 'shipped', 'delivered'][1 + (hash(id, {salt} + 1) % 4)::INT] AS status,
    (hash(id, {salt} + 2) % 1000000 / 100)::DECIMAL(10, 2) AS amount, 'order ' || md5(id::VARCHAR) AS note,
    TIMESTAMP '{written}' AS written
FROM (SELECT {first} + range * {step} AS id FROM range({count}))"""

# What is asked of both sides: read the file as it is, find its columns, write Parquet.
COPY = """
import duckdb, sys
con = duckdb.connect()
con.execute("SET preserve_insertion_order = false")
con.execute(f"COPY (FROM read_csv('{sys.argv[1]}')) TO '{sys.argv[2]}' (FORMAT parquet)")
"""

MERGE = """/* towpath
kind: merge
key: id
updated_at: written
batch: changes
*/
SELECT * FROM raw.orders QUALIFY row_number() OVER (PARTITION BY id ORDER BY written DESC) = 1
"""


class Bench:
    def __init__(self, work, runs, size, rows):
        self.work, self.runs, self.size, self.count = work, runs, size, rows
        self.csv_file = work / "csv" / "data" / "orders.csv"
        self.saved = work / "merged"
        self.python = work / "venv" / "bin" / "python"
        if not self.python.exists():
            subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
            subprocess.run([self.python, "-m", "pip", "install", "-q", "duckdb==2.0.0"], check=True)
        write(work / "copy.py", COPY)

    def duckdb(self, sql):
        run([self.python, "-c", f"import duckdb; duckdb.execute({sql!r})"])

    def rows(self, target, options, **place):
        target.parent.mkdir(parents=True, exist_ok=True)
        self.duckdb(f"COPY ({ROWS.format(**place)}) TO '{target}' ({options})")

    def prepare(self):
        run([TOWPATH, "--version"])
        base = {"salt": 7, "written": "2025-01-01", "first": 0, "step": 1}
        sample = self.work / "sample.csv"
        self.rows(sample, "FORMAT csv", **{**base, "first": 1_000_000}, count=100_000)
        self.rows(self.csv_file, "FORMAT csv", **base, count=int(self.size * 100_000 / sample.stat().st_size))
        print(f"{self.csv_file}: {self.csv_file.stat().st_size / 1e9:.2f} GB", file=sys.stderr)
        write(self.work / "csv" / "towpath.yml", "project: csv\n")
        write(self.work / "csv" / "sources" / "raw.yml", "type: files\ntables: {orders: {path: data/orders.csv}}\n")

        project = self.work / "merge"
        shutil.rmtree(project, ignore_errors=True)
        self.rows(project / "data" / "base.parquet", "FORMAT parquet", **base, count=self.count)
        change = {"salt": 99, "written": "2025-02-01", "count": CHANGES}
        self.rows(self.work / "clustered.parquet", "FORMAT parquet", **change, first=self.count // 2, step=1)
        self.rows(self.work / "spread.parquet", "FORMAT parquet", **change, first=0, step=self.count // CHANGES)
        write(project / "towpath.yml", "project: merge\n")
        write(project / "sources" / "raw.yml", "type: files\ntables: {orders: {path: data/*.parquet, mode: append}}\n")
        write(project / "models" / "m" / "orders.sql", MERGE)
        run([TOWPATH, "-C", project, "run"])
        shutil.rmtree(self.saved, ignore_errors=True)
        shutil.copytree(project / ".towpath", self.saved, symlinks=True)

    def csv(self):
        project, parquet = self.work / "csv", self.work / "copied.parquet"
        ours = Side([TOWPATH, "-C", project, "run"], clean(project / ".towpath", project / "schemas.lock"))
        theirs = Side([self.python, self.work / "copy.py", self.csv_file, parquet], clean(parquet))
        size = self.csv_file.stat().st_size / 1e9
        self.measure(f"a CSV of {size:.2f} GB: `towpath run` / DuckDB's `COPY` to Parquet", ours, theirs, 1 / 0.9)

    def clustered(self):
        self.merge("clustered", "one stretch of keys")

    def spread(self):
        self.merge("spread", "keys spread over all")

    def merge(self, name, words):
        """The changes are in the source's table already on either side, so that merging alone is measured."""
        project = self.work / "merge"

        def before():
            clean(project / ".towpath", project / "data" / "change.parquet")()
            shutil.copytree(self.saved, project / ".towpath", symlinks=True)
            shutil.copy(self.work / f"{name}.parquet", project / "data" / "change.parquet")
            run([TOWPATH, "-C", project, "run", "raw.orders"])

        merging = Side([TOWPATH, "-C", project, "run", "m.orders"], before)
        anew = Side([TOWPATH, "-C", project, "run", "m.orders", "--full"], before)
        title = f"{CHANGES:,} changes into {self.count:,} rows, {words}: merge / `--full`"
        self.measure(title, merging, anew, 1 / 3)

    def measure(self, title, ours, theirs, goal):
        measure = Measure(title, ours, theirs, round(goal, 2))
        print(row(measure, [r["sides"] for r in measure.rounds(self.runs)]), flush=True)


def clean(*paths):
    """A step that removes what is there of some files and folders."""
    def step():
        remove(*[path for path in paths if path.exists()])()
    return step


def write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--bytes", type=float, default=1e9)
    parser.add_argument("--rows", type=int, default=10_000_000)
    names = ["prepare", "csv", "clustered", "spread"]
    parser.add_argument("names", nargs="*", choices=[[], *names])
    options = parser.parse_args()
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    bench = Bench(work, options.runs, options.bytes, options.rows)
    print("| what | runs | A s | B s | A/B | goal | met | CPU s | peak MB |\n|" + "---|" * 9, flush=True)
    for name in options.names or names:
        getattr(bench, name)()


if __name__ == "__main__":
    main()
