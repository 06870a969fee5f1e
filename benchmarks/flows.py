#!/usr/bin/env python3
"""Flows beside Airflow (standalone, LocalExecutor) and Luigi, on one machine, in turn.

    python3 benchmarks/flows.py --work DIR [--runs 3] [--quick] [NAME ...]

NAME is one of `fan` (1,000 no-op tasks at once), `chain` (300 of them one after another), `work` (50 tasks that run a process),
`minute` (50 flows of 10 tasks due in the same minute), `latency` (from a person's asking to the first task), `history` (the same
with 100,000 finished runs in the store), `idle` (memory at rest), `postgres` (`fan` of Towpath alone, with its store in a
PostgreSQL of its own settings), `sensors` (what 1,000 waiting sensors cost); without one all are done. Installs the peers by pip
below DIR.

A server runs while its own side is measured, and no longer. A run takes from the request that asks for it until its end can be
read in the tool's database, which is looked at every 5 ms.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
import urllib.request

import databases
from compare import TOWPATH, machine, spread

PACKAGES = ["apache-airflow==3.3.*", "luigi==3.8.*"]
NAMES = ["fan", "chain", "work", "minute", "latency", "history", "idle", "postgres", "sensors"]
FAN, CHAIN, WORK, SENSORS = 1_000, 300, 50, 1_000
LONGEST = 900

DAGS = """
import datetime
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator

start = datetime.datetime(2026, 1, 1)
with DAG("fan", schedule=None, start_date=start, max_active_tasks=2000):
    for i in range(%(fan)d):
        EmptyOperator(task_id=f"t{i}")
with DAG("chain", schedule=None, start_date=start):
    tasks = [EmptyOperator(task_id=f"t{i}") for i in range(%(chain)d)]
    for one, next in zip(tasks, tasks[1:]):
        one >> next
with DAG("work", schedule=None, start_date=start, max_active_tasks=100):
    for i in range(%(work)d):
        BashOperator(task_id=f"t{i}", bash_command="true")
with DAG("one", schedule=None, start_date=start):
    BashOperator(task_id="t", bash_command="true")
""" % {"fan": FAN, "chain": CHAIN, "work": WORK}

MINUTE = """
import datetime
from airflow.sdk import DAG
from airflow.providers.standard.operators.empty import EmptyOperator

for number in range(50):
    with DAG(f"minute{number}", schedule="%s", start_date=datetime.datetime(2026, 1, 1), catchup=False) as dag:
        for i in range(10):
            EmptyOperator(task_id=f"t{i}")
    globals()[f"minute{number}"] = dag
"""

LUIGI = """
import os, pathlib, sys, time
import luigi

folder, kind, count = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

class Task(luigi.Task):
    number = luigi.IntParameter()
    def requires(self):
        return [Task(self.number - 1)] if kind == "chain" and self.number else []
    def output(self):
        return luigi.LocalTarget(folder / str(self.number))
    def run(self):
        with self.output().open("w"):
            pass

tasks = [Task(count - 1)] if kind == "chain" else [Task(i) for i in range(count)]
started = time.monotonic()
ok = luigi.build(tasks, local_scheduler=True, workers=1, log_level="ERROR")
print("took", time.monotonic() - started)
sys.exit(0 if ok else 1)
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait(what, found, seconds=LONGEST):
    """Looks until something is found."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if result := found():
            return result
        time.sleep(0.005)
    sys.exit(f"{what} did not come within {seconds} s")


def answers(url):
    with contextlib.suppress(OSError):
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    return False


class Server:
    """A server in a process group of its own, with a log."""

    def start(self, command, env, log):
        self.process = subprocess.Popen(
            [str(c) for c in command], env={**os.environ, **env}, stdin=subprocess.DEVNULL,
            stdout=open(log, "w"), stderr=subprocess.STDOUT, start_new_session=True)

    def stop(self):
        for how in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)

    def memory(self):
        """MB of the whole group, shared pages counted once."""
        total = 0
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, IndexError, ValueError):
                if os.getsid(int(folder.name)) == self.process.pid:
                    lines = (folder / "smaps_rollup").read_text().splitlines()
                    total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total / 1024

    def cost(self):
        """Seconds of CPU that the whole group has used, and its threads."""
        ticks = threads = 0
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError):
                if os.getsid(int(folder.name)) == self.process.pid:
                    fields = (folder / "stat").read_text().rpartition(")")[2].split()
                    ticks, threads = ticks + int(fields[11]) + int(fields[12]), threads + int(fields[17])
        return ticks / os.sysconf("SC_CLK_TCK"), threads

    def read(self, sql, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(sql, values).fetchall()


class Airflow(Server):
    name = "Airflow"

    def __init__(self, work):
        self.home, self.bin = work / "airflow", work / "venv" / "bin"
        self.database = self.home / "airflow.db"

    def prepare(self, minute=None):
        shutil.rmtree(self.home, ignore_errors=True)
        (self.home / "dags").mkdir(parents=True)
        (self.home / "dags" / "bench.py").write_text(MINUTE % minute if minute else DAGS)
        self.port = free_port()
        self.env = {
            "AIRFLOW_HOME": str(self.home), "PATH": f"{self.bin}:{os.environ['PATH']}", "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor", "AIRFLOW__API__PORT": str(self.port), "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{self.port}/execution/",
            "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{self.port}", "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        }

    def up(self):
        self.start([self.bin / "airflow", "standalone"], self.env, self.home / "log")
        wait("Airflow", lambda: answers(f"http://127.0.0.1:{self.port}/api/v2/monitor/health"), 180)
        password = json.loads((self.home / "simple_auth_manager_passwords.json.generated").read_text())["admin"]
        self.token = self.call("/auth/token", {"username": "admin", "password": password})["access_token"]
        wait("the DAGs", lambda: self.read("SELECT count(*) FROM serialized_dag")[0][0] > 0, 180)

    def call(self, path, body):
        headers = {"Content-Type": "application/json"}
        if hasattr(self, "token"):
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def trigger(self, flow):
        return self.call(f"/api/v2/dags/{flow}/dagRuns", {"logical_date": None})["dag_run_id"]

    def seconds(self, flow):
        """Of one run, from asking for it."""
        asked = time.monotonic()
        run = self.trigger(flow)
        (state,), = wait(flow, lambda: self.read("SELECT state FROM dag_run WHERE run_id = ? AND end_date IS NOT NULL", run))
        return time.monotonic() - asked if state == "success" else sys.exit(f"Airflow's {flow} ended as {state}")

    def latency(self):
        """From asking to the start of the first task."""
        asked = time.time()
        run = self.trigger("one")
        sql = "SELECT (julianday(start_date) - 2440587.5) * 86400 FROM task_instance WHERE run_id = ? AND state = 'success'"
        return wait("the task", lambda: self.read(sql, run))[0][0] - asked

    def last_end(self, minute):
        sql = ("SELECT max((julianday(end_date) - 2440587.5) * 86400), count(*) FROM dag_run"
               " WHERE state = 'success' AND end_date >= datetime(?, 'unixepoch')")
        return wait("50 runs", lambda: [r[0] for r in self.read(sql, minute) if r[1] >= 50])[0]


class Towpath(Server):
    name = "Towpath"

    def __init__(self, work):
        self.project = work / "project"
        self.database = self.project / ".towpath" / "metadata.db"

    def prepare(self, minute=None):
        shutil.rmtree(self.project, ignore_errors=True)
        for folder in ("jobs", "flows"):
            (self.project / folder).mkdir(parents=True)
        (self.project / "towpath.yml").write_text("project: bench\n")
        if minute:
            for number in range(10):
                self.job(f"t{number}", "type: empty")
            for number in range(50):
                self.flow(f"minute{number}", "job:t*", f'cron: "{minute}"\n')
            return
        for number in range(FAN):
            self.job(f"fan{number}", "type: empty")
        for number in range(CHAIN):
            self.job(f"chain{number}", "type: empty" + (f"\nneeds: [job:chain{number - 1}]" if number else ""))
        for number in range(WORK):
            self.job(f"work{number}", 'type: shell\nrun: "true"')
        self.job("one", 'type: shell\nrun: "true"')
        for name, jobs in (("fan", "job:fan*"), ("chain", "job:chain*"), ("work", "job:work*"), ("one", "job:one")):
            self.flow(name, jobs)

    def job(self, name, text):
        (self.project / "jobs" / f"{name}.yml").write_text(text + "\n")

    def flow(self, name, jobs, more=""):
        (self.project / "flows" / f"{name}.yml").write_text(f'{more}run: ["{jobs}"]\n')

    def up(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.start([TOWPATH, "-C", self.project, "serve", "--port", port], {}, self.project / "log")
        wait("towpath serve", lambda: answers(f"{self.url}/readyz"), 60)
        self.token = subprocess.run(
            [str(TOWPATH), "-C", str(self.project), "token"], capture_output=True, text=True, check=True).stdout.strip()

    def trigger(self, flow):
        request = urllib.request.Request(
            f"{self.url}/api/v1/flows/{flow}/runs", b"{}",
            {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["id"]

    def seconds(self, flow):
        asked = time.monotonic()
        run = self.trigger(flow)
        (state,), = wait(flow, lambda: self.read("SELECT state FROM flow_run WHERE id = ? AND finished IS NOT NULL", run))
        return time.monotonic() - asked if state == "SUCCESS" else sys.exit(f"Towpath's {flow} ended as {state}")

    def latency(self):
        asked = time.time()
        run = self.trigger("one")
        sql = "SELECT min(started) / 1e9 FROM flow_task WHERE run = ? AND started IS NOT NULL"
        return wait("the task", lambda: [r for r in self.read(sql, run) if r[0]])[0][0] - asked

    def last_end(self, minute):
        sql = "SELECT max(finished) / 1e9, count(*) FROM flow_run WHERE state = 'SUCCESS' AND due >= ? * 1000000000"
        return wait("50 runs", lambda: [r[0] for r in self.read(sql, minute) if r[1] >= 50])[0]

    def remember(self, runs):
        """Puts finished runs into the store, as copies of one that was done."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=30)) as connection, connection:
            for table, run in (("flow_run", "id"), ("flow_task", "run")):
                columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
                shown = ", ".join(f"{c} || '-' || n" if c == run or (c == "id" and table == "flow_task") else c for c in columns)
                connection.execute(
                    f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {runs})"
                    f" INSERT INTO {table} SELECT {shown} FROM numbers, (SELECT * FROM {table} WHERE {run} ="
                    " (SELECT id FROM flow_run WHERE flow = 'one' AND state = 'SUCCESS' ORDER BY created LIMIT 1))")


class TowpathOnPostgres(Towpath):
    name = "Towpath, store in PostgreSQL"

    def __init__(self, work, server):
        super().__init__(work)
        self.server = server

    def prepare(self, minute=None):
        super().prepare(minute)
        subprocess.run(self.server.psql("-c", "DROP SCHEMA IF EXISTS towpath CASCADE"), check=True)
        url = f"postgres://postgres@127.0.0.1:{self.server.port}/postgres"
        (self.project / "towpath.yml").write_text(
            f'project: bench\nenvironments:\n  dev: {{metadata: "{url}", lake: "{self.project}/lake"}}\n')

    def read(self, sql, *values):
        for value in values:
            sql = sql.replace("?", "'" + value + "'", 1)
        told = subprocess.run(
            self.server.psql("-At", "-F", "\t", "-c", "SET search_path TO towpath; " + sql), capture_output=True, text=True, check=True)
        return [tuple(line.split("\t")) for line in told.stdout.splitlines()]


class Bench:
    def __init__(self, work, runs, quick):
        self.work, self.runs = work, runs
        self.python = work / "venv" / "bin" / "python"
        if not (work / "venv" / "bin" / "airflow").exists():
            subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
            subprocess.run([self.python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
        self.towpath, self.airflow = Towpath(work), Airflow(work)
        self.sides = [self.towpath, self.airflow][: 1 if quick else 2]

    def versions(self):
        shown = "import importlib.metadata as m; print('Airflow', m.version('apache-airflow') + ', Luigi', m.version('luigi'))"
        return subprocess.run([self.python, "-c", shown], capture_output=True, text=True, check=True).stdout.strip()

    @contextlib.contextmanager
    def running(self, side, minute=None):
        side.prepare(minute)
        side.up()
        try:
            yield side
        finally:
            side.stop()

    def luigi(self, kind, count):
        script, folder = self.work / "with_luigi.py", self.work / "out"
        script.write_text(LUIGI)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        done = subprocess.run([self.python, script, folder, kind, str(count)], capture_output=True, text=True, check=True)
        return float(done.stdout.split("took ")[1].split()[0])

    def flow(self, name, count, peers):
        """Rates of one workload; each round has a fresh server on each side."""
        rates = {}
        for _ in range(self.runs):
            for side in self.sides:
                with self.running(side):
                    if side is self.towpath:
                        side.seconds("one")  # what is loaded once is loaded; Airflow's parts have long been
                    rates.setdefault(side.name, []).append(count / side.seconds(name))
            if "luigi" in peers:
                rates.setdefault("Luigi", []).append(count / self.luigi(name, count))
        self.told(f"{name}: {count} tasks, tasks a second", rates)

    def fan(self):
        self.flow("fan", FAN, ["luigi"])

    def chain(self):
        self.flow("chain", CHAIN, ["luigi"])

    def work_(self):
        self.flow("work", WORK, [])

    def minute(self):
        """Seconds from the minute to the end of the last of 50 runs of 10 tasks."""
        seconds = {}
        for _ in range(self.runs):
            for side in (self.towpath, self.airflow):
                due = (int(time.time()) // 60 + (4 if side is self.airflow else 2)) * 60
                with self.running(side, time.strftime("%M %H * * *", time.gmtime(due))):
                    seconds.setdefault(side.name, []).append(side.last_end(due) - due)
        self.told("minute: 50 flows of 10 tasks due at once, seconds to the last end", seconds)

    def latency(self):
        self.told("latency: from asking to the first task, ms", {
            side.name: self.latencies(side, count) for side, count in ((self.towpath, 50), (self.airflow, 5))})

    def latencies(self, side, count):
        with self.running(side):
            side.seconds("one")
            return [side.latency() * 1000 for _ in range(count)]

    def history(self):
        found = {}
        with self.running(self.towpath) as side:
            side.seconds("one")
            for _ in range(30):
                side.latency()
            found["none"] = [side.latency() * 1000 for _ in range(50)]
            side.stop()
            side.remember(100_000)
            side.up()
            side.seconds("one")
            for _ in range(30):
                side.latency()
            found["100,000 runs"] = [side.latency() * 1000 for _ in range(50)]
        self.told("history: Towpath's latency by what is in the store, ms", found)

    def idle(self):
        found = {}
        for side in (self.towpath, self.airflow):
            with self.running(side):
                time.sleep(30)
                found[side.name] = [side.memory()]
        self.told("idle: memory of all processes after 30 s, MB", found)

    def postgres(self):
        with databases.Server(self.work / "postgres") as server:
            side, rates = TowpathOnPostgres(self.work, server), []
            for _ in range(self.runs):
                with self.running(side):
                    side.seconds("one")
                    rates.append(FAN / side.seconds("fan"))
        self.told(f"postgres: {FAN} tasks, tasks a second", {side.name: rates})

    def sensors(self):
        """CPU and threads of a server at rest, and with sensors that look for files which do not come."""
        found, side = {}, self.towpath
        with self.running(side):
            for number in range(SENSORS):
                side.job(f"wait{number}", f"type: sensor\nfile: never/{number}.csv")
            side.flow("waits", "job:wait*")
            side.stop()  # so that it begins with all of its files
            side.up()
            for name in ("at rest", f"{SENSORS} sensors"):
                if name != "at rest":
                    side.trigger("waits")
                    sql = "SELECT count(*) FROM flow_task WHERE state = 'DEFERRED'"
                    wait(name, lambda: side.read(sql)[0][0] == SENSORS)
                time.sleep(120)  # what is compiled meanwhile is no part of it
                before, _ = side.cost()
                time.sleep(60)
                after, threads = side.cost()
                found[name] = [100 * (after - before) / 60]
                print(f"{name}: {threads} threads", flush=True)
        self.told("sensors: percent of a core", found)

    def told(self, title, sides):
        ours = statistics.median(next(iter(sides.values())))
        for name, values in sides.items():
            ratio = f"{ours / statistics.median(values):.2f}"
            print(f"| {title} | {name} | {len(values)} | {spread(values)} | {ratio} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="fan, chain and work without Airflow")
    parser.add_argument("names", nargs="*", choices=[[], *NAMES])
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    bench = Bench(options.work.resolve(), options.runs, options.quick)
    print(f"{machine()}; {bench.versions()}\n\n| what | side | rounds | median (least-most) | Towpath / this |\n|---|---|---|---|---|")
    for name in options.names or NAMES:
        getattr(bench, "work_" if name == "work" else name)()


if __name__ == "__main__":
    main()
