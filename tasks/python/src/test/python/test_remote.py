"""The client of a server: what it sends and refuses against a stand-in, and the real server last."""

import datetime
import http.server
import json
import os
import socket
import threading

import pyarrow as pa
import pytest
import real_lake
import towpath


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers what a test has told it to, and remembers what was asked."""

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers), json.loads(body) if body else None))
        status, headers, text = self.server.answers.pop(0)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        if int(headers.get("Content-Length", 0)) > len(text) and "Connection" not in headers:
            self.server.silent.wait(5)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.asked, server.answers, server.silent = [], [], threading.Event()
    server.url = "http://127.0.0.1:%d" % server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.silent.set()
    server.shutdown()
    server.server_close()


def arrow(table):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def said(code, **body):
    return code, {"Content-Type": "application/problem+json"}, json.dumps(body).encode()


def ok(body):
    return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()


def test_a_query_is_a_stream_of_arrow(server):
    server.answers += [(200, {}, arrow(pa.table({"n": [1, 2, 3]})))]
    result = towpath.connect(server.url, token="t0ken").query("SELECT $d, $n", release=3, d=datetime.date(2026, 1, 2), n=None)
    assert result.to_arrow().to_pylist() == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert len(result) == 3
    assert result.to_pandas()["n"].tolist() == [1, 2, 3]
    assert result.to_polars()["n"].to_list() == [1, 2, 3]
    assert [b.num_rows for b in result.to_batches(2)] == [2, 1]
    ((method, path, headers, body),) = server.asked
    assert (method, path) == ("POST", "/api/v1/query")
    assert headers["Authorization"] == "Bearer t0ken"
    assert headers["Accept"] == "application/vnd.apache.arrow.stream"
    assert body == {"sql": "SELECT $d, $n", "release": 3, "params": {"d": {"type": "DATE", "value": "2026-01-02"}, "n": None}}


def test_errors_are_those_of_the_server(server):
    server.answers += [
        said(
            400,
            type="about:blank", title="Bad request", status=400, detail="query:1:8: no",
            errors=[{"file": "query", "line": 1, "column": 8, "severity": "error", "message": "unknown column", "hint": "h"}],
        ),
        said(401, type="about:blank", title="Unauthorized", status=401, detail="the token is wrong", hint="use another"),
        (502, {}, b"<html>proxy</html>"),
    ]
    lake = towpath.connect(server.url, token="t0ken")
    with pytest.raises(towpath.TowpathError) as failed:
        lake.query("SELECT x").to_arrow()
    assert str(failed.value) == "query:1:8: unknown column\n  hint: h"
    with pytest.raises(towpath.TowpathError, match="the token is wrong\n  hint: use another"):
        lake.tables()
    with pytest.raises(towpath.TowpathError, match="the server answered 502"):
        lake.tables()


def test_a_result_that_breaks_off_is_no_result(server):
    whole = arrow(pa.table({"n": list(range(1000))}))
    server.answers += [(200, {"Content-Length": str(len(whole)), "Connection": "close"}, whole[:100])]
    with pytest.raises(towpath.TowpathError, match="the result broke off"):
        towpath.connect(server.url, token="t").query("SELECT 1").to_arrow()


def test_a_run_is_waited_for(server):
    def build(state, **more):
        return {"id": "a/b", "state": state, "result": None, "problems": [], "message": None, **more}

    server.answers += [
        (202, {}, json.dumps(build("RUNNING")).encode()),
        ok(build("RUNNING")),
        ok(build("SUCCESS", result={"success": True, "release": 7})),
        (202, {}, json.dumps(build("RUNNING")).encode()),
        ok(build("FAILED", message="no", problems=[{"file": "models/m.sql", "line": 1, "column": 2, "message": "no", "hint": None}])),
    ]
    lake = towpath.connect(server.url, token="t")
    assert lake.run("marts.*", full=True) == {"success": True, "release": 7}
    assert server.asked[0][3] == {"select": ["marts.*"], "full": True}
    assert server.asked[1][1] == "/api/v1/builds/a%2Fb"
    with pytest.raises(towpath.TowpathError, match="models/m.sql:1:2: no"):
        lake.run()


def test_the_token_goes_nowhere_else(server):
    server.answers += [(307, {"Location": "http://127.0.0.1:1/stolen"}, b"")]
    with pytest.raises(towpath.TowpathError, match="the server answered 307"):
        towpath.connect(server.url, token="t").tables()


def test_where_the_token_comes_from(server, tmp_path, monkeypatch):
    monkeypatch.delenv("TOWPATH_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(towpath.TowpathError, match="a token is needed"):
        towpath.connect(server.url)
    (tmp_path / "towpath.yml").write_text("project: p\n")
    (tmp_path / ".towpath").mkdir()
    (tmp_path / ".towpath" / "token").write_text("own\n")
    (tmp_path / ".towpath" / "server.json").write_text(json.dumps({"url": "http://127.0.0.1:1", "pid": 1}))
    with pytest.raises(towpath.TowpathError, match="a token is needed"):
        towpath.connect(server.url)  # the server of another project
    (tmp_path / ".towpath" / "server.json").write_text(json.dumps({"url": server.url, "pid": 1}))
    server.answers += [ok({"assets": []}), ok({"assets": []})]
    assert towpath.connect(server.url + "/").tables() == []
    assert server.asked[0][2]["Authorization"] == "Bearer own"
    monkeypatch.setenv("TOWPATH_TOKEN", "other")
    assert towpath.connect(server.url).tables() == []
    assert server.asked[1][2]["Authorization"] == "Bearer other"


@pytest.mark.parametrize("url", ["ftp://host", "http://", "http://user:secret@host"])
def test_addresses_that_are_none(url):
    with pytest.raises(towpath.TowpathError) as failed:
        towpath.connect(url, token="t")
    assert "secret" not in str(failed.value)


def test_a_folder_has_no_token(tmp_path):
    (tmp_path / "towpath.yml").write_text("project: p\n")
    with pytest.raises(TypeError, match="token is for a server"):
        towpath.connect(tmp_path, token="t")
    with pytest.raises(TypeError, match="env and program are for"):
        towpath.connect("http://127.0.0.1:1", token="t", env="dev")


def test_nobody_there():
    with pytest.raises(towpath.TowpathError, match="127.0.0.1:1 does not answer"):
        towpath.connect("http://127.0.0.1:1", token="t").tables()


def test_a_server_that_hangs(monkeypatch):
    from towpath import _remote

    monkeypatch.setattr(_remote, "SILENCE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = "http://127.0.0.1:%d" % listening.getsockname()[1]
        with pytest.raises(towpath.TowpathError, match="does not answer: .*timed out"):
            towpath.connect(url, token="t").tables()


def test_a_server_that_falls_silent_amid_its_answer(server, monkeypatch):
    from towpath import _remote

    monkeypatch.setattr(_remote, "SILENCE_SECONDS", 0.3)
    server.answers += [(200, {"Content-Length": "100"}, b"{"), (200, {"Content-Length": "100"}, b"{")]
    lake = towpath.connect(server.url, token="t")
    with pytest.raises(towpath.TowpathError, match="broke off"):
        lake.tables()
    with pytest.raises(towpath.TowpathError, match="broke off"):
        lake.query("SELECT 1").to_arrow()


@pytest.mark.parametrize("status", [200, 500])
def test_a_keyboard_interrupt_stays_one(server, monkeypatch, capsys, status):
    running = {"id": "1", "state": "RUNNING", "result": None, "problems": [], "message": None}
    server.answers += [(202, {}, json.dumps(running).encode()), (status, {}, b"{}")]

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        towpath.connect(server.url, token="t").run()
    assert server.asked[-1][:2] == ("POST", "/api/v1/builds/1/cancel")
    assert ("could not be cancelled" in capsys.readouterr().err) == (status == 500)


REAL = os.environ.get("TOWPATH_SERVER")


@pytest.mark.skipif(not REAL, reason="TOWPATH_SERVER names no server to try")
class TestTheRealServer(real_lake.RealLake):
    @pytest.fixture(scope="class")
    def lake(self):
        lake = towpath.connect(REAL)
        assert lake.run()["success"] is True
        return lake

    def test_many_rows(self, lake):
        result = lake.query("SELECT range AS n, 'x' || range AS t FROM range(300000)")
        assert len(result) == 300000
        assert sum(b.column("n").to_numpy().sum() for b in result.to_batches(10000)) == 300000 * 299999 // 2

    def test_a_wrong_token(self):
        with pytest.raises(towpath.TowpathError, match="the token is wrong"):
            towpath.connect(REAL, token="wrong").tables()
