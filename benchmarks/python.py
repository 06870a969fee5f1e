#!/usr/bin/env python3
"""Python models beside scripts written by hand, and beside dbt-duckdb; both sides in turn, as `compare.py` does it.

    python3 benchmarks/python.py --work DIR [--rows N] prepare     makes data, projects and the environments
    python3 benchmarks/python.py --work DIR [--runs 5] [NAME ...]  measures and adds each round to DIR/rounds.jsonl
    python3 benchmarks/python.py --work DIR report                 prints all rounds so far as a Markdown table

Without a NAME everything is done, from `prepare` to `report`. All sides run on one Python with one set of packages.
"""

import argparse
import json
import pathlib
import re
import sys

import compare
from compare import TOWPATH, Measure, Side, remove

PACKAGES = ["pandas==2.3.3", "pyarrow==26.0.1"]
DBT_PACKAGES = [*PACKAGES, *compare.DBT_PACKAGES]
NAMES = ["read", "task", "dbt", "first", "hundred", "heap"]
SMALL = 100
# What a model is given. The lake's files have more: _file, _row and _run, which tell where a row came from.
NAMED = ["id", "day", "station", "sensor", "value", "weight", "good", "at"]
COLUMNS = '{id: bigint, day: date, station: varchar, sensor: integer, value: double, weight: double, good: boolean, at: timestamp'

DATA = """
import sys, numpy as np, pyarrow as pa, pyarrow.parquet as pq
rows, folder = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(7)
stations = pa.array(["station %04d" % i for i in range(1000)])
part = 1_000_000
for number, start in enumerate(range(0, rows, part)):
    n = min(part, rows - start)
    ids = np.arange(start, start + n, dtype="int64")
    pq.write_table(pa.table({
        "id": ids,
        "day": pa.array((15706 + ids * 365 // max(rows, 1)).astype("int32")).cast(pa.date32()),
        "station": stations.take(pa.array(random.integers(0, 1000, n))),
        "sensor": random.integers(0, 50, n).astype("int32"),
        "value": random.normal(20, 5, n).round(3),
        "weight": random.random(n),
        "good": random.random(n) > 0.02,
        "at": pa.array(1_357_000_000_000_000 + ids * 3_000_000).cast(pa.timestamp("us")),
    }), "%s/%03d.parquet" % (folder, number), compression="zstd")
"""

# The same work on every side: what a station's sensor read, against its own mean, weighted.
WORK = """
    df = df[df["good"]]
    mean = df.groupby(["station", "sensor"], sort=False)["value"].transform("mean")
    df = df.assign(above=(df["value"] - mean) * df["weight"])
"""

MODEL = """# towpath:
#   columns: %s, above: double}
import time


def build(t):
    started = time.monotonic()
    df = t.read("raw.readings").to_pandas()
    print("read %%.4f" %% (time.monotonic() - started))
%s    return df
""" % (COLUMNS, WORK)

READ = """# towpath:
#   columns: {rows: bigint}
import time

import pyarrow as pa


def build(t):
    started = time.monotonic()
    df = t.read("raw.readings").to_pandas()
    print("read %.4f" % (time.monotonic() - started))
    return pa.table({"rows": [len(df)]})
"""

SCRIPT = """
import glob, sys
import pandas as pd

files = sorted(glob.glob(sys.argv[1]))
df = pd.read_parquet(files, columns=%r)
%s
df.to_parquet(sys.argv[2], compression="zstd", index=False)
""" % (NAMED, WORK.replace("\n    ", "\n"))

READING = """
import glob, sys, time
import pandas
import pyarrow as pa, pyarrow.parquet as pq

files = sorted(glob.glob(sys.argv[1]))
started = time.monotonic()
tables = [pq.read_table(f, columns=%r, memory_map=True) for f in files]
df = pa.concat_tables(tables).to_pandas(date_as_object=False)
print("read %%.4f" %% (time.monotonic() - started))
""" % NAMED

DBT_MODEL = """
def model(dbt, session):
    dbt.config(materialized="table")
    df = dbt.ref("readings").df()
%s    return df
""" % WORK

SMALL_MODEL = """# towpath:
#   columns: {station: varchar, value: double}
def build(t):
    df = t.read("raw.few").to_pandas()
    return df[df["sensor"] == %d].groupby("station", as_index=False).agg(value=("value", "mean"))
"""

SMALL_SCRIPT = """
import sys
import pandas as pd

df = pd.read_parquet(sys.argv[1])
df = df[df["sensor"] == int(sys.argv[3])].groupby("station", as_index=False).agg(value=("value", "mean"))
df.to_parquet(sys.argv[2], compression="zstd", index=False)
"""


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


class Python(compare.Bench):
    def __init__(self, work, rows):
        super().__init__(work)
        self.rows = rows
        self.python = work / "python" / "bin" / "python"
        self.dbt_python = work / "dbt-python" / "bin" / "python"
        self.project = work / "project"
        self.env = {"TOWPATH_PYTHON": str(self.python)}

    def prepare(self):
        compare.run([TOWPATH, "--version"])
        for python, packages in ((self.python, PACKAGES), (self.dbt_python, DBT_PACKAGES)):
            if not python.exists():
                compare.run([sys.executable, "-m", "venv", python.parent.parent])
                compare.run([python, "-m", "pip", "install", "-q", *packages])
        write(self.project / "towpath.yml", "project: speed\n")
        write(self.project / "sources" / "raw.yml",
              "type: files\nschema: raw\ntables:\n  readings: {path: \"data/*.parquet\"}\n"
              "  few: {path: \"few/*.parquet\"}\n")
        write(self.project / "models" / "m" / "above.py", MODEL)
        write(self.project / "models" / "m" / "reads.py", READ)
        write(self.project / "models" / "m" / "first.py", SMALL_MODEL % 0)
        for number in range(SMALL):
            write(self.project / "models" / "small" / f"s{number:03}.py", SMALL_MODEL % (number % 50))
        for folder, rows in (("data", self.rows), ("few", 10_000)):
            target = self.project / folder
            target.mkdir(parents=True, exist_ok=True)
            if not any(target.iterdir()):
                compare.run([self.python, "-c", DATA, str(rows), target])
        for name, text in (("script", SCRIPT), ("reading", READING), ("small", SMALL_SCRIPT)):
            write(self.work / f"{name}.py", text)
        write(self.work / "hundred.sh", "set -e\ni=0\nwhile [ $i -lt %d ]; do\n  \"$1\" \"$2\" \"$3\" \"$4/$i.parquet\" "
              "$((i %% 50))\n  i=$((i + 1))\ndone\n" % SMALL)
        other = self.work / "dbt-project"
        write(other / "dbt_project.yml", "name: speed\nprofile: speed\nmodel-paths: [models]\n")
        write(other / "profiles.yml",
              "speed:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: dev.duckdb, threads: 2}\n")
        write(other / "models" / "readings.sql",
              "{{ config(materialized='view') }}\nSELECT * FROM read_parquet('%s')\n" % (self.project / "data/*.parquet"))
        write(other / "models" / "above.py", DBT_MODEL)
        compare.run([TOWPATH, "-C", self.project, "run", "source:*"], env=self.env)

    def lake(self, table):
        """The Parquet files of a table in the lake: what the model is given."""
        folder = next((self.project / ".towpath" / "lake").glob(f"**/{table}"), None) or next(
            (self.project / ".towpath" / "lake").glob(f"**/{table}*"))
        file = next(folder.rglob("*.parquet"))
        return str(file.parent / "*.parquet")

    def run_model(self, selector, read=None, options=""):
        return Side([TOWPATH, "-C", self.project, "run", selector, "--full", "--json"],
                    env={**self.env, "TOWPATH_JAVA_OPTS": options}, read=read)

    def script(self, name, *arguments, read=None, before=None):
        return Side([self.python, self.work / f"{name}.py", *arguments], before, read=read)

    def logged(self, model):
        """The seconds that a model printed in the newest run."""
        def read(_):
            logs = sorted((self.project / ".towpath" / "logs").glob(f"2*/{model}.log"))
            return float(re.search(r"read ([\d.]+)", logs[-1].read_text()).group(1))
        return read

    def measures(self):
        rows = f"{self.rows / 1e6:g}M rows x 8 columns"
        above = self.work / "above.parquet"
        out = self.work / "hundred"
        out.mkdir(exist_ok=True)
        dbt = self.work / "dbt-project"
        return {
            "read": Measure(f"{rows} reach pandas: `t.read(...).to_pandas()` / pyarrow on the same Parquet files",
                            self.run_model("m.reads", self.logged("m.reads")),
                            self.script("reading", self.lake("readings"), read=printed), 1.25),
            "task": Measure(f"{rows}, a pandas model: the task / a script that reads and writes Parquet",
                            self.run_model("m.above", task), self.script("script", self.lake("readings"), above), 1.3),
            "dbt": Measure(f"{rows}, the same model: `towpath run` / `dbt run` with dbt-duckdb",
                           self.run_model("m.above"),
                           Side([self.dbt_python.parent / "dbt", "run", "--profiles-dir", "."],
                                remove(dbt / "dev.duckdb", dbt / "target", dbt / "logs"), dbt), 1.0),
            "first": Measure("the first Python task of a run / `python3 -c \"import pyarrow, pandas\"`",
                             self.run_model("m.first", task), Side([self.python, "-c", "import pyarrow, pandas"]), 1.5),
            "hundred": Measure(f"{SMALL} small models: `towpath run` / an interpreter for each",
                               self.run_model("small.*"),
                               Side(["sh", self.work / "hundred.sh", self.python, self.work / "small.py",
                                     self.project / "few" / "000.parquet", out]), 0.2),
            "heap": Measure(f"{rows}, a pandas model, a heap of 300 MB", self.run_model("m.above", options="-Xmx300m")),
        }

    def versions(self):
        yield from super().versions()
        yield ", ".join(PACKAGES).replace("==", " ") + " on all sides"


def task(output):
    """The seconds of the one task in what `run --json` printed."""
    document = json.loads(output[output.index("{"):output.rindex("}") + 1])
    return document["tasks"][0]["seconds"]


def printed(output):
    return float(re.search(r"read ([\d.]+)", output).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    bench = Python(options.work.resolve(), options.rows)
    names = options.names or ["prepare", *NAMES, "report"]
    if unknown := [name for name in names if name not in ("prepare", *NAMES, "report")]:
        parser.error(f"no measurement is called {unknown[0]}; there are: {', '.join(NAMES)}")
    for name in names:
        if name in ("prepare", "report"):
            getattr(bench, name)()
        else:
            bench.measure(name, options.runs)


if __name__ == "__main__":
    main()
