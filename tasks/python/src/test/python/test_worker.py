"""The worker process: building, failing, being killed."""

import datetime
import os
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

INT = {"c": "INTEGER"}


def stored(host, name, table, types, project, **more):
    path = str(project / (name + ".parquet"))
    pq.write_table(table, path)
    columns = [{"name": n, "type": t} for n, t in types.items()]
    host.tables[name] = dict({"files": [path], "columns": columns}, **more)


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_ready_tells_versions(host):
    assert host.ready["event"] == "ready"
    assert host.ready["pid"] == host.process.pid
    assert host.ready["packages"]["pyarrow"] == pa.__version__


def test_a_model(host, project):
    stored(host, "marts.daily", pa.table({"region": ["N", "S", "N"], "revenue": [1.0, 2.0, 3.0]}), {"region": "VARCHAR", "revenue": "DOUBLE"}, project)
    done = host.build(
        """
        def build(t):
            df = t.read("marts.daily").to_pandas()
            t.log("read %d" % len(df))
            print("hello")
            return df.groupby("region", as_index=False).agg(score=("revenue", "mean"))
        """,
        {"region!": "VARCHAR", "score": "DOUBLE"},
        reads=["marts.daily"],
    )
    assert done["event"] == "done", done
    assert done["rows"] == 2
    assert done["reusable"]
    assert done["table"].to_pylist() == [{"region": "N", "score": 2.0}, {"region": "S", "score": 2.0}]
    wait_until(lambda: b"info: read 3\nhello" in host.output["stdout"])


def test_many_rows_come_in_bounded_pieces(host):
    done = host.build(
        """
        import pandas as pd
        def build(t):
            return pd.DataFrame({"c": range(1_000_000)})
        """,
        INT,
    )
    assert done["rows"] == 1_000_000
    assert max(b.num_rows for b in done["batches"][1:]) <= 131072
    assert done["table"].column("c").to_pylist() == list(range(1_000_000))


def test_no_rows_have_a_schema(host):
    done = host.build("def build(t):\n    return iter([])\n", {"c": "DATE"})
    assert done["event"] == "done"
    assert done["table"].schema.field("c").type == pa.date32()


def test_context(host):
    done = host.build(
        """
        import datetime as d, decimal
        def build(t):
            assert t.name == "marts.m"
            assert t.start == d.date(2026, 1, 1) and type(t.start) is d.date, t.start
            assert t.end == d.date(2026, 1, 2)
            assert t.now == d.datetime(2026, 1, 3, 4, 5, 6, 700000, tzinfo=d.timezone.utc), t.now
            assert t.param("first_day") == d.date(2013, 1, 1)
            assert t.param("rate") == decimal.Decimal("1.50")
            assert t.param("N") == 3
            assert t.param("other", None) is None
            return t.param("frst_day")
        """,
        INT,
        params={"first_day": {"type": "DATE", "value": "2013-01-01"}, "rate": {"type": "DECIMAL(5,2)", "value": "1.50"}, "n": 3},
        start="2026-01-01T00:00:00Z",
        end="2026-01-02T00:00:00Z",
        now="2026-01-03T04:05:06.7Z",
        column_of_time_type="DATE",
    )
    assert done["event"] == "failed"
    assert done["message"] == 'there is no parameter "frst_day"'
    assert done["hint"] == 'did you mean "first_day"?'


@pytest.mark.parametrize("kind,zone", [("TIMESTAMP", False), ("TIMESTAMP WITH TIME ZONE", True)])
def test_bounds_have_the_type_of_the_time_column(kind, zone):
    from towpath._context import bound

    moment = bound("2026-01-01T00:00:00Z", kind)
    assert (moment.tzinfo is not None) == zone
    assert moment.replace(tzinfo=None) == datetime.datetime(2026, 1, 1)
    assert bound(None, kind) is None


def test_undeclared_reads_are_refused(host):
    done = host.build('def build(t):\n    return t.read("a" + ".b")\n', INT, reads=["marts.daily"])
    assert (done["kind"], done["line"]) == ("build", 2)
    assert '"a.b" is not among the tables that marts.m reads' in done["message"]
    assert "reads: [a.b]" in done["hint"]


def test_the_host_may_refuse(host):
    done = host.build('def build(t):\n    return t.read("a.b")\n', INT)
    assert (done["message"], done["hint"]) == ("no table a.b", "make one")


def test_traces_have_only_the_users_lines(host, project):
    (project / "lib").mkdir()
    (project / "lib" / "sums.py").write_text("def mean(values):\n    return sum(values) / len(values)\n")
    done = host.build(
        """
        import pandas as pd
        from lib.sums import mean

        def build(t):
            df = pd.DataFrame({"c": [1]})
            return df.groupby("c").apply(lambda g: mean([]))
        """,
        INT,
    )
    assert (done["event"], done["kind"], done["type"]) == ("failed", "build", "ZeroDivisionError")
    assert [(f["file"], f["line"], f["function"]) for f in done["trace"]] == [
        ("models/marts/m.py", 7, "build"),
        ("models/marts/m.py", 7, "<lambda>"),
        ("lib/sums.py", 2, "mean"),
    ]
    assert done["trace"][-1]["text"] == "return sum(values) / len(values)"
    assert (done["file"], done["line"]) == ("lib/sums.py", 2)
    wait_until(lambda: b"ZeroDivisionError" in host.output["stderr"])
    assert b"_worker.py" not in host.output["stderr"]


@pytest.mark.parametrize(
    "source,kind,said",
    [
        ("import no_such_module\ndef build(t): pass", "import", "No module named 'no_such_module'"),
        ("1/0\ndef build(t): pass", "import", "division by zero"),
        ("x = 1", "import", "models/marts/m.py defines no build(t)"),
        ("def build(:", "import", "invalid syntax"),
        ("def build(t):\n    raise SystemExit(3)", "build", "it called sys.exit(3)"),
        ("def build(t):\n    raise KeyboardInterrupt", "build", "(no message)"),
        ("def build():\n    pass", "build", "build() takes 0 positional arguments but 1 was given"),
        ("class E(Exception):\n    def __str__(self): return 1\ndef build(t):\n    raise E", "build", "cannot be shown"),
        ("def build(t):\n    f()\ndef f(): f()", "build", "recursion"),
        ("def build(t):\n    return 5", "contract", "an int, which is no table"),
        ("def build(t):\n    raise MemoryError", "build", "out of memory"),
    ],
)
def test_failures(host, source, kind, said):
    done = host.build(source + "\n", INT)
    assert (done["event"], done["kind"]) == ("failed", kind)
    assert said in done["message"]
    again = host.build("import pyarrow\ndef build(t):\n    return pyarrow.table({'c': [1]})\n", INT)
    assert again["table"].to_pylist() == [{"c": 1}]


def test_a_broken_contract_cuts_the_stream_off(host):
    done = host.build(
        """
        import pyarrow as pa
        def build(t):
            yield pa.table({"c": [1.0]})
            yield pa.table({"c": [1.5]})
        """,
        INT,
    )
    assert (done["kind"], done["column"], done["row"]) == ("contract", "c", 1)
    assert done["problems"][0]["value"] == "1.5"
    assert done["batches"] and done["batches"][-1] != "end"


def test_what_a_model_changes_is_set_back(host, project):
    (project / "mine.py").write_text("x = 1\n")
    host.build(
        """
        import os, sys, mine
        os.environ["LEAK"] = "1"
        os.chdir("/")
        sys.path.insert(0, "/nowhere")
        sys.argv.append("x")
        def build(t): pass
        """,
        INT,
    )
    (project / "mine.py").write_text("x = 2\n")
    done = host.build(
        """
        import os, sys, mine, pyarrow
        def build(t):
            assert "LEAK" not in os.environ
            assert "/nowhere" not in sys.path
            assert os.getcwd() == %r
            assert len(sys.argv) == 1
            return pyarrow.table({"c": [mine.x]})
        """
        % str(project),
        INT,
    )
    assert done["event"] == "done", done
    assert done["table"].to_pylist() == [{"c": 2}]
    assert not list(project.rglob("__pycache__"))


@pytest.mark.parametrize(
    "changes,holds",
    [
        ("import decimal; decimal.getcontext().prec = 4", "__import__('decimal').Decimal('12345.67') + 1 == __import__('decimal').Decimal('12346.67')"),
        ("import signal; signal.setitimer(signal.ITIMER_REAL, 60)", "__import__('signal').getitimer(0) == (0.0, 0.0)"),
        ("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)", "__import__('signal').getsignal(15) == 0"),
        ("import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [15])", "not __import__('signal').pthread_sigmask(0, ())"),
        ("import warnings; warnings.simplefilter('error')", "__import__('warnings').warn('x') is None"),
        ("import pandas; pandas.set_option('display.max_rows', 3)", "__import__('pandas').get_option('display.max_rows') != 3"),
        ("import pandas; pandas.set_option('mode.chained_assignment', 'raise')", "__import__('pandas').get_option('mode.chained_assignment') == 'warn'"),
        ("import numpy; numpy.seterr(all='raise')", "str(__import__('numpy').float64(1) / 0) == 'inf'"),
        ("import numpy, random; random.seed(1); numpy.random.seed(1)", "__import__('random').random() != 0.13436424411240122"),
        ("import numpy; numpy.random.seed(1)", "__import__('numpy').random.rand() != 0.417022004702574"),
        ("import os; os.umask(0o777)", "os.umask(0o22) == 0o22"),
        ("import socket; socket.setdefaulttimeout(1)", "__import__('socket').getdefaulttimeout() is None"),
        ("import sys; sys.setrecursionlimit(5000)", "sys.getrecursionlimit() == 1000"),
        ("import sys; sys.settrace(lambda *_: None)", "sys.gettrace() is None"),
        ("import gc; gc.disable()", "__import__('gc').isenabled()"),
        ("import locale; locale.setlocale(locale.LC_NUMERIC, 'C.UTF-8')", "__import__('locale').setlocale(1) == 'C'"),
        ("import os, time; os.environ['TZ'] = 'Asia/Tokyo'; time.tzset()", "__import__('time').tzname[0] != 'JST'"),
    ],
    ids=lambda v: v[:40],
)
def test_libraries_are_as_new_for_the_next_model(host, changes, holds):
    if "pandas" in changes:
        pytest.importorskip("pandas")
    os.umask(0o22)
    first = host.build(changes + "\nimport pyarrow\ndef build(t):\n    return pyarrow.table({'c': [1]})\n", INT)
    assert (first["event"], first["reusable"]) == ("done", True), first
    done = host.build("import os, sys, pyarrow\ndef build(t):\n    return pyarrow.table({'c': [int(%s)]})\n" % holds, INT)
    assert done["event"] == "done", done
    assert done["table"].to_pylist() == [{"c": 1}]


@pytest.mark.parametrize(
    "source",
    [
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n",
        "import subprocess\nsubprocess.Popen(['sleep', '600'])\n",
        "import sys\nsys.stdout.close()\n",
        "import os\nos.fork() or os.execvp('sleep', ['sleep', '600'])\n",
        "import resource as r\nr.setrlimit(r.RLIMIT_CPU, (600, r.getrlimit(r.RLIMIT_CPU)[1]))\n",
        "import resource as r\nr.setrlimit(r.RLIMIT_NOFILE, (200, r.getrlimit(r.RLIMIT_NOFILE)[1]))\n",
        "import decimal\ndecimal.DefaultContext.prec = 5\n",
        "import sys\nsys.setswitchinterval(1)\n",
        pytest.param(
            "import sys\nsys.set_int_max_str_digits(0)\n",
            marks=pytest.mark.skipif(not hasattr(sys, "set_int_max_str_digits"), reason="no such limit"),
        ),
    ],
)
def test_what_is_left_behind_is_told(host, source):
    done = host.build(source + "import pyarrow\ndef build(t):\n    return pyarrow.table({'c': [1]})\n", INT)
    assert done["event"] == "done", done
    assert done["reusable"] is False


def test_models_may_use_dataclasses_and_pickle(host):
    done = host.build(
        """
        from __future__ import annotations
        import dataclasses, pickle, pyarrow

        @dataclasses.dataclass
        class P:
            c: int

        def build(t):
            p = pickle.loads(pickle.dumps(P(3)))
            return pyarrow.table({"c": [p.c]})
        """,
        INT,
    )
    assert done["event"] == "done", done


def test_the_planned_text_is_what_runs(host):
    done = host.build("raise ValueError", INT, text="import pyarrow\ndef build(t):\n    return pyarrow.table({'c': [7]})\n")
    assert done["table"].to_pylist() == [{"c": 7}]


def test_a_forked_process_has_no_line_to_the_host(host):
    done = host.build(
        """
        import os, pyarrow
        def build(t):
            child = os.fork()
            if child == 0:
                try:
                    t.read("marts.daily")
                except OSError:
                    os._exit(7)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            return pyarrow.table({"c": [os.WEXITSTATUS(status)]})
        """,
        INT,
    )
    assert done["table"].to_pylist() == [{"c": 7}]
    assert not [e for e in host.events if e["event"] == "read"]


def test_multiprocessing_works(host):
    done = host.build(
        """
        import multiprocessing, pyarrow
        def double(x):
            return 2 * x
        def build(t):
            with multiprocessing.get_context("fork").Pool(2) as pool:
                return pyarrow.table({"c": pool.map(double, [1, 2])})
        """,
        INT,
    )
    assert done["event"] == "done", done
    assert done["table"].to_pylist() == [{"c": 2}, {"c": 4}]


def test_stdin_is_empty(host):
    done = host.build("import sys, pyarrow\ndef build(t):\n    return pyarrow.table({'c': [len(sys.stdin.read())]})\n", INT)
    assert done["table"].to_pylist() == [{"c": 0}]


def test_binary_and_much_output_is_no_protocol(host):
    done = host.build(
        """
        import os, sys, pyarrow
        def build(t):
            os.write(1, bytes(range(256)) * 4096)
            os.write(2, b'{"event": "done"}\\n')
            sys.stdout.write("\\u20ac" * 100000)
            return pyarrow.table({"c": [1]})
        """,
        INT,
    )
    assert done["event"] == "done"
    wait_until(lambda: len(host.output["stdout"]) == 256 * 4096 + 300000)


LEAVE = """
import os, subprocess, sys
def build(t):
    a = subprocess.Popen(["sleep", "600"])
    b = subprocess.Popen(["sleep", "600"], start_new_session=True)
    pids = [a.pid, b.pid]
    if %r:
        pids.append(subprocess.Popen(["sleep", "600"], start_new_session=True, env={"PATH": os.environ["PATH"]}).pid)
        subprocess.run("env -i setsid sleep 600 & echo $! > pid", shell=True)
        pids.append(int(open("pid").read()))
    print(*pids, flush=True)
    %s
"""


@pytest.mark.parametrize(
    "how",
    ["while True: pass", "import time; time.sleep(600)", "os._exit(3)", "import ctypes; ctypes.string_at(0)"],
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds processes in /proc")
def test_nothing_outlives_the_host(host, how):
    host.count = 0
    # Once the worker has died, those without a mark are known to the JVM only, which has looked now and then.
    text = LEAVE % ("while" in how or "sleep(" in how, how)
    host.send(
        {"op": "build", "id": 1, "file": "m.py", "text": text, "name": "m", "columns": [], "output": "/nowhere"}
    )
    wait_until(lambda: host.output["stdout"].count(b"\n") == 1)
    children = [int(p) for p in host.output["stdout"].split()]
    assert all(alive(p) for p in children)
    if "while" in how or "sleep(" in how:
        time.sleep(0.2)
        host.process.stdin.close()  # what the system does when the host is killed
    else:
        host.process.wait(20)
        assert host.process.returncode in (3, -signal.SIGSEGV)
        host.process.stdin.close()  # what the JVM does when its child has ended
    host.process.wait(20)
    wait_until(lambda: not any(alive(p) for p in children))
    for reader in host.readers:  # nobody holds the output open
        reader.join(20)
        assert not reader.is_alive()


def test_without_pyarrow(project):
    """A model fails with a sentence, not with a traceback of ours."""
    import conftest

    (project / "block").mkdir()
    (project / "block" / "sitecustomize.py").write_text("import sys\nsys.modules['pyarrow'] = None\n")
    os.environ["PYTHONPATH"] = str(project / "block")
    try:
        host = conftest.Host(project)
    finally:
        del os.environ["PYTHONPATH"]
    try:
        done = host.build("def build(t):\n    return []\n", INT)
        assert (done["event"], done["kind"]) == ("failed", "packages")
        assert "pyarrow, which is not installed" in done["message"]
        assert "requirements.txt" in done["hint"]
    finally:
        host.close()


def test_hints_name_the_file_that_counts(project, monkeypatch):
    import conftest

    monkeypatch.setenv("TOWPATH_PACKAGES", "pyproject.toml")
    host = conftest.Host(project)
    try:
        assert "add its package to pyproject.toml" in host.build("import no_such\ndef build(t): pass\n", INT)["hint"]
    finally:
        host.close()


def test_compiles_on_the_oldest_python():
    """Nothing newer than Python 3.9 is written, whatever runs the tests."""
    import ast

    import towpath

    package = os.path.dirname(towpath.__file__)
    for name in os.listdir(package):
        if name.endswith(".py"):
            with open(os.path.join(package, name), encoding="utf-8") as file:
                ast.parse(file.read(), name, feature_version=(3, 9))


def test_starts_without_importing_much():
    """What is imported before the first order, which is paid at every start."""
    import towpath

    program = "import sys; sys.path.insert(0, %r); import towpath; print('pyarrow' in sys.modules, 'asyncio' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", program % os.path.dirname(os.path.dirname(towpath.__file__))], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", "False"]


def test_what_is_logged_and_what_is_printed_keep_their_order(host):
    source = """
        def build(t):
            import pyarrow as pa
            for i in range(50):
                print("printed", i)
                t.log("logged %d" % i, level="debug")
            return pa.table({"a": [1]})
        """
    assert host.build(source, {"a": "BIGINT"})["event"] == "done"
    wanted = "".join("printed %d\ndebug: logged %d\n" % (i, i) for i in range(50)).encode()
    wait_until(lambda: wanted in host.output["stdout"])


def test_a_log_finds_its_way_when_stdout_is_closed(host):
    source = """
        import os
        def build(t):
            import pyarrow as pa
            os.close(1)
            t.log("still here")
            return pa.table({"a": [1]})
        """
    host.build(source, {"a": "BIGINT"})
    assert [e["message"] for e in host.events if e["event"] == "log"] == ["still here"]
