#!/usr/bin/env python3
"""The console in a real browser: bytes, paints, large graphs and results, many runs and events.

    python3 benchmarks/console.py --work DIR [NAME ...]

NAME is one of `routes` (bytes over the wire and first paint), `charts` (four of them), `rows` (a million in the page), `thousand` and
`five` (graphs of 1,000 and 5,000 models), `runs` (the list over 100,000), `events` (a thousand tasks that do nothing, watched); without
one all are done. Needs npm and a Chromium (TOWPATH_CHROMIUM, else /usr/bin/chromium). Servers run only while they are needed.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import time
import urllib.request

import projects
from compare import ROOT, TOWPATH, machine

NAMES = ["routes", "charts", "rows", "thousand", "five", "runs", "events"]
PLACES = {"routes": "flights", "charts": "flights", "rows": "flights", "thousand": "thousand", "five": "five", "runs": "flows",
          "events": "flows"}
RUNS = 100_000


def flights(folder):
    if not (folder / ".towpath").exists():
        shutil.copytree(ROOT / "examples" / "flights", folder, dirs_exist_ok=True)
        subprocess.run([TOWPATH, "-C", folder, "run"], check=True, stdout=subprocess.DEVNULL)


def generated(count):
    def make(folder):
        if not folder.exists():
            projects.towpath_project(folder, count)
    return make


def flows(folder):
    """Jobs that do nothing, and many runs that were."""
    if folder.exists():
        return
    for name in ("jobs", "flows"):
        (folder / name).mkdir(parents=True)
    (folder / "towpath.yml").write_text("project: bench\n")
    for number in range(1_000):
        (folder / "jobs" / f"fan{number}.yml").write_text("type: empty\n")
    (folder / "jobs" / "one.yml").write_text("type: empty\n")
    (folder / "flows" / "fan.yml").write_text('run: ["job:fan*"]\n')
    (folder / "flows" / "one.yml").write_text('run: ["job:one"]\n')
    with served(folder) as place:
        ask(place, "POST", "/flows/one/runs")
        while ask(place, "GET", "/runs?limit=1")["runs"][0]["state"] != "SUCCESS":
            time.sleep(0.1)
    with contextlib.closing(sqlite3.connect(folder / ".towpath" / "metadata.db", timeout=30)) as connection, connection:
        for table, run in (("flow_run", "id"), ("flow_task", "run")):
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            shown = ", ".join(f"{c} || '-' || n" if c == run or (c == "id" and table == "flow_task") else c for c in columns)
            connection.execute(
                f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {RUNS})"
                f" INSERT INTO {table} SELECT {shown} FROM numbers, (SELECT * FROM {table})")


def script():
    """What drives the browser, as JavaScript."""
    subprocess.run(["npx", "rolldown", "src/test/speed.ts", "--platform", "node", "--external", "@playwright/test", "--format", "esm",
                    "--file", "target/speed.mjs"], cwd=ROOT / "console", check=True, stdout=subprocess.DEVNULL)
    return "target/speed.mjs"


MAKERS = {"flights": flights, "thousand": generated(1_000), "five": generated(5_000), "flows": flows}


def ask(place, method, path):
    request = urllib.request.Request(
        f"{place['url']}/api/v1{path}", b"{}" if method == "POST" else None, method=method,
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {place['token']}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


@contextlib.contextmanager
def served(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with open(folder / "serve.log", "w") as log:
        process = subprocess.Popen([TOWPATH, "-C", folder, "serve", "--port", str(port)], stdout=log, stderr=log)
    try:
        for _ in range(1_200):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{url}/readyz", timeout=5).close()
                break
            time.sleep(0.1)
        yield {"url": url, "token": (folder / ".towpath" / "token").read_text().strip()}
    finally:
        process.terminate()
        process.wait(60)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("names", nargs="*", choices=[[], *NAMES])
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    print(machine() + "\n\n| what | value |\n|---|---|")
    for kind in dict.fromkeys(PLACES[name] for name in options.names or NAMES):
        folder = options.work.resolve() / f"console-{kind}"
        MAKERS[kind](folder)
        names = [name for name in options.names or NAMES if PLACES[name] == kind]
        with served(folder) as place:
            environment = {**os.environ, "TOWPATH_PLACES": json.dumps({kind: place})}
            done = subprocess.run(["node", script(), *names], cwd=ROOT / "console", env=environment,
                                  stdout=subprocess.PIPE, text=True, check=True)
        for line in done.stdout.splitlines():
            said = json.loads(line)
            print(f"| {said['what']} | {json.dumps(said['value'])} |", flush=True)


if __name__ == "__main__":
    main()
