#!/usr/bin/env python3
"""Side-by-side measurements. Both sides of a pair run in turn, A B A B, so that a drifting machine hurts both.

    python3 benchmarks/compare.py --work DIR prepare          builds, makes the data and the projects, installs dbt
    python3 benchmarks/compare.py --work DIR [--runs 5] NAME  measures and adds each round to DIR/rounds.jsonl
    python3 benchmarks/compare.py --work DIR report           prints all rounds so far as Markdown tables

Without a NAME everything is done, from `prepare` to `report`. Rounds of one measurement may be taken at different times
(`--runs 1` five times), which helps on a machine that is quiet for minutes only. Delete rounds.jsonl to start afresh.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import time

import projects

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOWPATH = ROOT / "towpath"
APP = ROOT / "cli" / "target" / "towpath"
DBT_PACKAGES = ["dbt-core==1.11.16", "dbt-duckdb==1.11.1", "duckdb==2.0.0"]
NAMES = ["tpch", "tpch-dbt", "tpch-512mb", "check-1000", "check-10000", "recheck-1000", "recheck-10000", "scaling-2000",
         "scaling-5000", "scaling-10000", "noop-flights", "noop-1000", "lineage-1000", "heap-check", "heap-run", "start"]
NO_TELEMETRY = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_VERSION_CHECK": "false"}


def run(command, cwd=None, env=None, read=None):
    """Wall seconds, CPU seconds and peak resident MB of one command; it must succeed.

    `read` finds the seconds in what the command printed, where only a part of it is measured.
    """
    started = time.monotonic()
    child = subprocess.Popen(
        [str(c) for c in command], cwd=cwd, env={**os.environ, **NO_TELEMETRY, **(env or {})},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - started
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{output.decode()[-3000:]}")
    if read:
        wall = read(output.decode())
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024}


def remove(*paths):
    """A step that deletes files and folders."""
    def step():
        for path in paths:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    return step


def settle():
    """Writes out what the last command left to the system, so that the next one does not wait for it."""
    os.sync()


class Side:
    """One side of a comparison: a command and what must be done before each time."""

    def __init__(self, command, before=None, cwd=None, env=None, read=None):
        self.command, self.before, self.cwd, self.env, self.read = command, before, cwd, env, read

    def once(self):
        if self.before:
            self.before()
        settle()
        return run(self.command, self.cwd, self.env, self.read)


class Measure:
    """What is measured: both sides, and the most that A may cost as a share of B."""

    def __init__(self, title, a, b=None, goal=None, warm_up=True):
        self.title, self.a, self.b, self.goal, self.warm_up = title, a, b, goal, warm_up

    def rounds(self, count):
        """Rounds of both sides; after one that does not count, where starting cold would."""
        for number in range(-1 if self.warm_up else 0, count):
            load = os.getloadavg()[0]
            sides = {"A": self.a.once()}
            if self.b:
                sides["B"] = self.b.once()
            if number >= 0:
                yield {"sides": sides, "load": load, "at": time.strftime("%Y-%m-%dT%H:%M:%S")}


class Bench:
    def __init__(self, work):
        self.work = work
        self.data = work / "tpch-parquet"
        self.queries = ROOT / "examples" / "tpch" / "models" / "queries"
        self.dbt = work / "dbt" / "bin" / "dbt"
        self.log = work / "rounds.jsonl"

    # Preparing

    def prepare(self):
        run([TOWPATH, "--version"])
        run([java("javac"), "-d", self.work / "classes",
             ROOT / "benchmarks" / "src" / "main" / "java" / "dev" / "towpath" / "benchmarks" / "BareDuckDb.java"])
        if not self.dbt.exists():
            run([sys.executable, "-m", "venv", self.work / "dbt"])
            run([self.work / "dbt" / "bin" / "pip", "install", "-q", *DBT_PACKAGES])
        self.tpch_data()
        for count in (1000, 2000, 5000, 10000):
            if not (self.work / f"gen-{count}-dbt").exists():
                projects.towpath_project(self.work / f"gen-{count}", count)
                projects.dbt_project(self.work / f"gen-{count}-dbt", count)
        projects.tpch_towpath(self.work / "tpch-towpath", self.data, self.queries)
        projects.tpch_towpath(self.work / "tpch-512mb", self.data, self.queries, "512MB")
        projects.tpch_dbt(self.work / "tpch-dbt", self.data, self.queries)
        flights = self.work / "flights"
        shutil.copytree(ROOT / "examples" / "flights", flights, dirs_exist_ok=True)
        for project in (flights, self.work / "gen-1000"):
            run([TOWPATH, "-C", project, "run"])

    def tpch_data(self):
        """TPC-H at scale 1 as eight Parquet files."""
        if (self.data / f"{projects.TABLES[-1]}.parquet").exists():
            return
        example = self.work / "tpch-example"
        shutil.copytree(ROOT / "examples" / "tpch", example, dirs_exist_ok=True)
        run([TOWPATH, "-C", example, "run", "source:*"])
        self.data.mkdir(parents=True, exist_ok=True)
        for table in projects.TABLES:
            run([TOWPATH, "-C", example, "query", f"FROM tpch.{table}", "--format", "parquet",
                 "--output", self.data / f"{table}.parquet"])

    # The two sides

    def towpath(self, project, command, before=None, options=""):
        return Side([TOWPATH, "-C", self.work / project, command], before, env={"TOWPATH_JAVA_OPTS": options})

    def first_check(self, count):
        return self.towpath(f"gen-{count}", "check", remove(self.work / f"gen-{count}" / ".towpath" / "cache"))

    def dbt_parse(self, count):
        project = self.work / f"gen-{count}-dbt"
        return Side([self.dbt, "parse", "--no-partial-parse", "--profiles-dir", "."], cwd=project)

    def tpch(self, project="tpch-towpath"):
        return self.towpath(project, "run", remove(self.work / project / ".towpath"))

    def bare(self, *memory):
        """Its driver finds the library unpacked, as Towpath's does; unpacking takes it most of a second."""
        application = dict(line.split("=", 1) for line in (APP / "build.env").read_text().split("\n") if "=" in line)
        jar = APP / "lib" / application["duckdb_jar"].strip("'")
        cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
        natives = cache / "towpath" / application["towpath_natives"].strip("'")
        return Side([java("java"), "--enable-native-access=ALL-UNNAMED", f"-Djava.library.path={natives}",
                     "-cp", f"{self.work / 'classes'}:{jar}", "dev.towpath.benchmarks.BareDuckDb",
                     self.data, self.queries, self.work / "bare.db", os.cpu_count(), *memory])

    def dbt_build(self):
        other = self.work / "tpch-dbt"
        return Side([self.dbt, "build", "--profiles-dir", "."],
                    remove(other / "dev.duckdb", other / "target", other / "logs"), other)

    def edited_check(self, count):
        """A check after one model changed, of a project that was checked before."""
        model = sorted((self.work / f"gen-{count}" / "models" / "staging").glob("*.sql"))[0]

        def edit():
            text = model.read_text().split("WHERE")[0]
            model.write_text(f"{text}WHERE amount > {time.time_ns() % 1_000_000_000}\n")

        return self.towpath(f"gen-{count}", "check", edit)

    def lineage(self, count):
        """Of any one table, which takes those of all; the project itself was checked before."""
        cache = self.work / f"gen-{count}" / ".towpath" / "cache"
        side = self.towpath(f"gen-{count}", "lineage", remove(cache / "lineage.bin"))
        side.command.append("raw.raw0")
        return side

    # What is measured

    def measures(self):
        heap = "-Xmx300m"
        return {
            "tpch": Measure("TPC-H 1, 8 sources and 22 models: `towpath run` / bare DuckDB program",
                            self.tpch(), self.bare(), 1.3),
            "tpch-dbt": Measure("TPC-H 1, 8 sources and 22 models: `towpath run` / `dbt build`",
                                self.tpch(), self.dbt_build(), 1.0),
            "tpch-512mb": Measure("TPC-H 1, DuckDB limited to 512 MB: `towpath run` / bare DuckDB program",
                                  self.tpch("tpch-512mb"), self.bare("512MB")),
            "check-1000": Measure("1,000 models: first `towpath check` / `dbt parse --no-partial-parse`",
                                  self.first_check(1000), self.dbt_parse(1000), 0.2),
            "check-10000": Measure("10,000 models: first `towpath check` / `dbt parse --no-partial-parse`",
                                   self.first_check(10000), self.dbt_parse(10000), 0.2, warm_up=False),
            "recheck-1000": Measure("1,000 models: `towpath check` after one change / first",
                                    self.edited_check(1000), self.first_check(1000)),
            "recheck-10000": Measure("10,000 models: `towpath check` after one change / first",
                                     self.edited_check(10000), self.first_check(10000), 0.2),
            "scaling-2000": Measure("2,000 / 1,000 models: first `towpath check`",
                                    self.first_check(2000), self.first_check(1000), 2),
            "scaling-5000": Measure("5,000 / 1,000 models: first `towpath check`",
                                    self.first_check(5000), self.first_check(1000), 5),
            "scaling-10000": Measure("10,000 / 1,000 models: first `towpath check`",
                                     self.first_check(10000), self.first_check(1000), 10),
            "noop-flights": Measure("flights: `towpath run` with nothing stale / `towpath check`",
                                    self.towpath("flights", "run"), self.towpath("flights", "check"), 1.5),
            "noop-1000": Measure("1,000 models: `towpath run` with nothing stale / `towpath check`",
                                 self.towpath("gen-1000", "run"), self.towpath("gen-1000", "check"), 1.5),
            "lineage-1000": Measure("1,000 models: lineage of all columns, none known before / first `towpath check`",
                                    self.lineage(1000), self.first_check(1000), 0.5),
            "heap-check": Measure("1,000 models, a heap of 300 MB: first `towpath check`",
                                  self.towpath("gen-1000", "check",
                                               remove(self.work / "gen-1000" / ".towpath" / "cache"), heap)),
            "heap-run": Measure("1,000 models, a heap of 300 MB: first `towpath run`",
                                self.towpath("gen-1000", "run",
                                             remove(self.work / "gen-1000" / ".towpath"), heap)),
            "start": Measure("`towpath --help` / `dbt --version`",
                             Side([TOWPATH, "--help"]), Side([self.dbt, "--version"]), 0.2),
        }

    def measure(self, name, runs):
        for line in self.measures()[name].rounds(runs):
            with self.log.open("a") as log:
                log.write(json.dumps({"name": name, **line}) + "\n")
            sides = ", ".join(f"{side} {r['wall']:.2f} s" for side, r in line["sides"].items())
            print(f"{name}: {sides} (load {line['load']:.1f})", file=sys.stderr, flush=True)

    # What came out

    def report(self):
        rounds = {}
        for line in self.log.read_text().splitlines():
            entry = json.loads(line)
            rounds.setdefault(entry["name"], []).append(entry)
        loads = [r["load"] for entries in rounds.values() for r in entries]
        print(f"Machine: {machine()}. Load before a round: {spread(loads)}.\n")
        print("Versions: " + "; ".join(self.versions()) + ".\n")
        print("| what: A / B | rounds | A wall s | B wall s | A/B | goal | met | A, B CPU s | A, B peak MB |")
        print("|---|---|---|---|---|---|---|---|---|")
        for name, measure in self.measures().items():
            if name in rounds:
                print(row(measure, [r["sides"] for r in rounds[name]]))

    def versions(self):
        towpath = output([TOWPATH, "--version"]).splitlines()
        yield towpath[0] + ", commit " + output(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"])
        yield towpath[1]
        yield "duckdb_jdbc " + next((APP / "lib").glob("duckdb_jdbc-*.jar")).stem.split("-", 1)[1]
        yield ", ".join(DBT_PACKAGES).replace("==", " ") + f" on Python {platform.python_version()}"


def row(measure, rounds):
    a = [r["A"] for r in rounds]
    b = [r["B"] for r in rounds if "B" in r]
    wall_a, wall_b = [r["wall"] for r in a], [r["wall"] for r in b]
    ratios = [x / y for x, y in zip(wall_a, wall_b)]
    met = "" if measure.goal is None else "yes" if statistics.median(ratios) <= measure.goal else "**no**"
    goal = "" if measure.goal is None else f"{measure.goal:g}"
    cpu = ", ".join(f"{statistics.median(r['cpu'] for r in side):.2f}" for side in (a, b) if side)
    peak = ", ".join(f"{max(r['peak'] for r in side):.0f}" for side in (a, b) if side)
    cells = [measure.title, len(a), spread(wall_a), spread(wall_b), spread(ratios), goal, met, cpu, peak]
    return "| " + " | ".join(map(str, cells)) + " |"


def spread(values):
    """The median, and the least and the most."""
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})" if values else ""


def output(command):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=True).stdout.strip()


def machine():
    model = "unknown processor"
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} x {model}, {memory:.0f} GB, {platform.system()} {platform.release()}"


def java(tool):
    """A tool of the JDK that the launcher takes."""
    home = os.environ.get("TOWPATH_JAVA_HOME")
    if not home:
        homes = [h for h in pathlib.Path("/usr/lib/jvm").glob("*") if (h / "bin" / "javac").exists() and newer(h)]
        home = homes[0] if homes else sys.exit("set TOWPATH_JAVA_HOME to a JDK 25 or newer")
    return pathlib.Path(home) / "bin" / tool


def newer(home):
    release = home / "release"
    version = release.read_text().split('JAVA_VERSION="')[1].split('"')[0] if release.exists() else "0"
    return int(version.split(".")[0]) >= 25


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    bench = Bench(options.work.resolve())
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
