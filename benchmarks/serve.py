#!/usr/bin/env python3
"""An endpoint that looks one row of a million up, against FastAPI + uvicorn + duckdb doing the same. Both sides run in
turn, A B A B, on the same machine as the load.

    python3 benchmarks/serve.py --work DIR [--rounds 3] [--seconds 8] [--connections 16] [--sides NAME,NAME]

Needs `wrk` on the PATH (Debian: wrk). FastAPI, uvicorn and duckdb come from PyPI, the newest, into a venv in DIR. Its
duckdb reads a native table of the same rows with an index on the column, through one connection a worker and a cursor a
request; two workers. Each side is asked for as long before as it is measured.

`rows` is the lookup that both sides do; Towpath answers it from rows that it keeps by their key. `engine` is the same
with a condition more, which it leaves to its engine; `parquet` (by --sides only) is that without copies of tables that
are read often, so that the engine reads the lake's files each time. `kept` are 1,000 answers that it has.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOWPATH = ROOT / "towpath"
ROWS = 1_000_000
PORT = 8799

MODEL = f"""/* towpath
description: A million rows
*/
SELECT
  n AS id,
  'name ' || n AS name,
  (n * 7919 % 100000) / 100 AS price,
  DATE '2020-01-01' + (n % 2000)::INTEGER AS day,
  CASE n % 3 WHEN 0 THEN 'north' WHEN 1 THEN 'south' ELSE 'west' END AS region
FROM range({ROWS}) AS r(n)
ORDER BY n
"""

ENDPOINT = """/* towpath
get: /points/{id}
params: {id: bigint}
*/
SELECT id, name, price, day, region FROM marts.points WHERE id = $id
"""

UNCACHED = ENDPOINT.replace("get: /points/{id}", "get: /fresh/{id}\ncache: off")

COMPUTED = UNCACHED.replace("/fresh/", "/computed/").rstrip() + " AND price >= 0\n"

APP = """import os
import duckdb
from fastapi import FastAPI

app = FastAPI()
base = duckdb.connect(os.environ["POINTS"], read_only=True)


@app.get("/points/{id}")
def point(id: int):
    rows = base.cursor().execute("SELECT id, name, price, day, region FROM points WHERE id = ?", [id])
    names = [column[0] for column in rows.description]
    return {"data": [dict(zip(names, row)) for row in rows.fetchall()], "next": None}
"""

LUA = """math.randomseed(os.time())
request = function()
  return wrk.format("GET", PATH .. math.random(0, RANGE - 1))
end
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %f %f %f %d\\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, bad))
end
"""


def prepare(work):
    project = work / "points"
    for name, text in {
        "towpath.yml": "project: points\n",
        "models/marts/points.sql": MODEL,
        "apis/points.sql": ENDPOINT,
        "apis/fresh.sql": UNCACHED,
        "apis/computed.sql": COMPUTED,
    }.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    subprocess.run([TOWPATH, "-C", project, "run"], check=True)
    python = work / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(work / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "fastapi", "uvicorn[standard]", "duckdb"], check=True)
    (work / "app.py").write_text(APP)
    table = work / "points.db"
    if not table.exists():
        parquet = ", ".join(f"'{p}'" for p in sorted((project / ".towpath/lake").rglob("*.parquet")))
        make = f"CREATE TABLE points AS FROM read_parquet([{parquet}]) ORDER BY id; CREATE INDEX key ON points(id)"
        subprocess.run([python, "-c", f"import duckdb; duckdb.connect({str(table)!r}).execute({make!r})"], check=True)
    versions = subprocess.run([python, "-m", "pip", "freeze"], check=True, capture_output=True, text=True).stdout
    print("machine:", platform.platform(), os.cpu_count(), "cores")
    print("peers:", ", ".join(v for v in versions.split() if re.match("(fastapi|uvicorn|duckdb|starlette|uvloop|httptools)==", v)))
    return project, python


def get(url, headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
        return answer.read()


def await_server(url, headers, child):
    end = time.monotonic() + 60
    while time.monotonic() < end and child.poll() is None:
        try:
            return get(url, headers)
        except OSError:
            time.sleep(0.05)
    sys.exit(f"{url} does not answer")


def towpath(project, *more):
    started = time.monotonic()
    child = subprocess.Popen([TOWPATH, "-C", project, "serve", "--port", str(PORT), *more], stderr=subprocess.DEVNULL)
    await_server(f"http://127.0.0.1:{PORT}/healthz", {}, child)
    print(f"towpath serve: ready after {time.monotonic() - started:.2f} s")
    token = (project / ".towpath/token").read_text().strip()
    return child, {"Authorization": f"Bearer {token}"}


def fastapi(work, python):
    child = subprocess.Popen(
        [python, "-m", "uvicorn", "app:app", "--port", str(PORT), "--workers", "2", "--log-level", "warning"],
        cwd=work, env={**os.environ, "POINTS": str(work / "points.db")})
    return child, {}


def stop(child):
    child.send_signal(signal.SIGTERM)
    child.wait(timeout=60)


def load(work, path, span, headers, options, seconds):
    script = work / "load.lua"
    script.write_text(f'PATH = "{path}"\nRANGE = {span}\n' + LUA)
    command = ["wrk", "-t1", f"-c{options.connections}", f"-d{seconds}s", "-s", str(script)]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    output = subprocess.run([*command, f"http://127.0.0.1:{PORT}"], check=True, capture_output=True, text=True).stdout
    rate, median, p99, bad = re.search(r"RESULT (\S+) (\S+) (\S+) (\d+)", output).groups()
    if int(bad):
        sys.exit(f"{bad} requests failed:\n{output}")
    return float(rate), float(median), float(p99)


def spent(pid):
    """Microseconds of CPU that a process and those below it have used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    own = (int(fields[11]) + int(fields[12])) * 1e6 / os.sysconf("SC_CLK_TCK")
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(spent(int(child)) for child in children)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--sides", default="rows,engine,kept,FastAPI")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    work = options.work.resolve()
    project, python = prepare(work)
    sides = {
        "rows": (lambda: towpath(project), "/fresh/", ROWS),
        "engine": (lambda: towpath(project), "/computed/", ROWS),
        "parquet": (lambda: towpath(project, "--hot-tables", "0"), "/computed/", ROWS),
        "kept": (lambda: towpath(project), "/points/", 1000),
        "FastAPI": (lambda: fastapi(work, python), "/points/", ROWS),
    }
    sides = {name: sides[name] for name in options.sides.split(",")}
    answers = set()
    results = {name: [] for name in sides}
    for _ in range(options.rounds):
        for name, (start, path, span) in sides.items():
            child, headers = start()
            try:
                answer = json.loads(await_server(f"http://127.0.0.1:{PORT}{path}77", headers, child))
                answers.add(json.dumps(answer, sort_keys=True))
                load(work, path, span, headers, options, options.seconds)  # both sides warm
                before = spent(child.pid)
                rate, median, p99 = load(work, path, span, headers, options, options.seconds)
                cost = (spent(child.pid) - before) / (rate * options.seconds)
                results[name].append((rate, median, p99, cost))
                print(f"{name}: %.0f/s, median %.2f ms, p99 %.2f ms, %.0f us of CPU" % results[name][-1], flush=True)
            finally:
                stop(child)
    if len(answers) != 1:
        sys.exit(f"the sides answer differently: {answers}")
    base = statistics.median(r[0] for r in results.get("FastAPI", [(float("nan"),)]))
    print("\n| side | requests/s | against FastAPI | median ms | p99 ms | CPU us |\n|---|---|---|---|---|---|")
    for name, rounds in results.items():
        rate, median, p99, cost = (statistics.median(r[i] for r in rounds) for i in range(4))
        print(f"| {name} | {rate:,.0f} | {rate / base:.1f} | {median:.2f} | {p99:.2f} | {cost:,.0f} |")


if __name__ == "__main__":
    main()
