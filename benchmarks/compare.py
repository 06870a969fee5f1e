#!/usr/bin/env python3
"""Side-by-side measurements. Both sides of a pair run in turn, A B A B, so that a drifting machine hurts both.

    python3 benchmarks/compare.py --work DIR [--runs 5] [NAME ...]

NAME is tpch, tpch-dbt, tpch-512mb, check, check-dbt2, recheck, scaling, noop, heap, start (default: all). Needs a built
checkout; installs dbt-core, dbt-duckdb and dbt 2 by pip into two virtual environments below DIR.
"""

import argparse
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

import projects

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOWPATH = ROOT / "towpath"


def run(command, cwd=None, env=None):
    """Wall seconds, CPU seconds and peak resident kB of one command; it must succeed."""
    started = time.monotonic()
    child = subprocess.Popen(
        [str(c) for c in command], cwd=cwd, env={**os.environ, **(env or {})},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - started
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{errors.decode()[-3000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def spread(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def pair(title, runs, a, b, before_a=None, before_b=None):
    """Runs a and b in turn after one warm-up each and prints medians with spread and the ratio a/b."""
    sides = {"a": [], "b": []}
    for i in range(runs + 1):
        for side, command, before in (("a", a, before_a), ("b", b, before_b)):
            if before:
                before()
            result = run(*command) if isinstance(command, tuple) else run(command)
            if i:
                sides[side].append(result)
    for index, figure in ((0, "wall s"), (1, "cpu s")):
        left = [r[index] for r in sides["a"]]
        right = [r[index] for r in sides["b"]]
        ratios = [x / y for x, y in zip(left, right)]
        print(f"| {title} | {figure} | {spread(left)} | {spread(right)} | {spread(ratios)} |", flush=True)
    peak = [max(r[2] for r in sides[s]) // 1024 for s in "ab"]
    print(f"| {title} | peak MB | {peak[0]} | {peak[1]} | {peak[0] / peak[1]:.2f} |", flush=True)


class Bench:
    def __init__(self, work, runs):
        self.work, self.runs = work, runs
        self.data = work / "tpch-parquet"
        self.queries = ROOT / "examples" / "tpch" / "models" / "queries"

    def prepare_tpch(self):
        if (self.data / "lineitem.parquet").exists():
            return
        example = self.work / "tpch-example"
        shutil.copytree(ROOT / "examples" / "tpch", example, dirs_exist_ok=True)
        run([TOWPATH, "-C", example, "run", "source:*"])
        self.data.mkdir(parents=True, exist_ok=True)
        for table in projects.TABLES:
            run([TOWPATH, "-C", example, "query", f"FROM tpch.{table}", "--format", "parquet",
                 "--output", self.data / f"{table}.parquet"])

    def venv(self, name, *packages):
        folder = self.work / name
        if not (folder / "bin" / "dbt").exists():
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            subprocess.run([folder / "bin" / "pip", "install", "-q", *packages], check=True)
        return folder / "bin" / "dbt"

    def dbt(self):
        return self.venv("dbt-core", "dbt-core", "dbt-duckdb", "duckdb==2.0.0")

    def tpch_towpath(self):
        project = self.work / "tpch-towpath"
        projects.tpch_towpath(project, self.data, self.queries)
        return project, lambda: shutil.rmtree(project / ".towpath", ignore_errors=True)

    def tpch(self):
        self.prepare_tpch()
        project, clean = self.tpch_towpath()
        jars = ROOT / "cli" / "target" / "towpath" / "lib"
        bare = [java(), "--enable-native-access=ALL-UNNAMED", "-cp",
                f"{ROOT / 'benchmarks' / 'target' / 'classes'}:{duckdb_jar()}",
                "dev.towpath.benchmarks.BareDuckDb", self.data, self.queries, self.work / "bare.db", 2]
        pair("TPC-H 1: towpath run / bare DuckDB", self.runs, [TOWPATH, "-C", project, "run"], bare, clean)

    def tpch_dbt(self):
        self.prepare_tpch()
        project, clean = self.tpch_towpath()
        other = self.work / "tpch-dbt"
        projects.tpch_dbt(other, self.data, self.queries)

        def clean_dbt():
            for name in ("dev.duckdb", "target", "logs"):
                path = other / name
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

        pair("TPC-H 1: towpath run / dbt build", self.runs, [TOWPATH, "-C", project, "run"],
             ([self.dbt(), "build", "--profiles-dir", "."], other), clean, clean_dbt)

    def tpch_512mb(self):
        self.prepare_tpch()
        project, clean = self.tpch_towpath()
        (project / "towpath.yml").write_text("project: tpch\nenvironments: {dev: {memory: 512MB}}\n")
        clean()
        wall, cpu, peak = run([TOWPATH, "-C", project, "run"])
        print(f"| TPC-H 1 with DuckDB limited to 512 MB | wall s, peak MB | {wall:.2f}, {peak // 1024} | | |")

    def generated(self, count):
        ours, theirs = self.work / f"gen-{count}", self.work / f"gen-{count}-dbt"
        if not theirs.exists():
            projects.towpath_project(ours, count)
            projects.dbt_project(theirs, count)
        return ours, theirs

    def check(self, counts=(1000, 10000)):
        for count in counts:
            ours, theirs = self.generated(count)
            pair(f"check of {count} models / dbt-core parse", 3 if count > 1000 else self.runs,
                 [TOWPATH, "-C", ours, "check"],
                 ([self.dbt(), "parse", "--no-partial-parse", "--profiles-dir", "."], theirs),
                 lambda: shutil.rmtree(ours / ".towpath", ignore_errors=True))

    def check_dbt2(self, counts=(1000, 10000)):
        dbt2 = self.venv("dbt-2", "dbt")
        for count in counts:
            ours, theirs = self.generated(count)
            pair(f"check of {count} models / dbt 2 parse", self.runs, [TOWPATH, "-C", ours, "check"],
                 ([dbt2, "parse", "--profiles-dir", "."], theirs),
                 lambda: shutil.rmtree(ours / ".towpath", ignore_errors=True),
                 lambda: shutil.rmtree(theirs / "target", ignore_errors=True))

    def recheck(self, count=10000):
        ours, _ = self.generated(count)
        model = next((ours / "models" / "staging").glob("*.sql"))
        edits = iter(range(1000, 100000))

        def edit():
            text = model.read_text().split("-- edit")[0]
            model.write_text(text.replace("WHERE amount >", f"WHERE amount + 0 * {next(edits)} >", 1))

        pair(f"check of {count} models: after one change / first", self.runs,
             [TOWPATH, "-C", ours, "check"], [TOWPATH, "-C", ours, "check"],
             edit, lambda: shutil.rmtree(ours / ".towpath" / "cache", ignore_errors=True))

    def scaling(self):
        for count in (1000, 2000, 5000, 10000):
            ours, _ = self.generated(count)
            walls = []
            for _ in range(3):
                shutil.rmtree(ours / ".towpath", ignore_errors=True)
                walls.append(run([TOWPATH, "-C", ours, "check"])[0])
            print(f"| first check of {count} models | wall s, ms a model | {spread(walls)}"
                  f" | {statistics.median(walls) * 1000 / count:.2f} | |", flush=True)

    def noop(self):
        flights = self.work / "flights"
        shutil.copytree(ROOT / "examples" / "flights", flights, dirs_exist_ok=True)
        run([TOWPATH, "-C", flights, "run"])
        pair("flights: run with nothing stale / warm check", self.runs,
             [TOWPATH, "-C", flights, "run"], [TOWPATH, "-C", flights, "check"])

    def heap(self):
        ours, _ = self.generated(1000)
        shutil.rmtree(ours / ".towpath", ignore_errors=True)
        wall, cpu, peak = run([TOWPATH, "-C", ours, "run"], env={"TOWPATH_JAVA_OPTS": "-Xmx300m"})
        print(f"| run of 1000 models with a heap of 300 MB | wall s, peak MB | {wall:.2f}, {peak // 1024} | | |")

    def start(self):
        pair("towpath --help / dbt --version", self.runs, [TOWPATH, "--help"], [self.dbt(), "--version"])


def java():
    homes = sorted(pathlib.Path("/usr/lib/jvm").glob("*25*"))
    return os.environ.get("TOWPATH_JAVA_HOME", str(homes[-1]) if homes else "") + "/bin/java"


def duckdb_jar():
    """The driver as Maven has it, natives and all: what a bare program would use."""
    repository = pathlib.Path.home() / ".m2" / "repository" / "org" / "duckdb" / "duckdb_jdbc"
    return next(repository.glob("*/duckdb_jdbc-*.jar"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    names = ["tpch", "tpch-dbt", "tpch-512mb", "check", "check-dbt2", "recheck", "scaling", "noop", "heap", "start"]
    parser.add_argument("names", nargs="*", choices=[[], *names])
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    bench = Bench(options.work.resolve(), options.runs)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
    print("| what | figure | A | B | A/B |\n|---|---|---|---|---|")
    for name in options.names or names:
        getattr(bench, name.replace("-", "_"))()


if __name__ == "__main__":
    main()
