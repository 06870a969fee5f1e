"""Plays the host: starts the worker as Towpath does, and speaks its protocol."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading

import pytest

PACKAGE = os.environ.get(
    "TOWPATH_PACKAGE", os.path.join(os.path.dirname(__file__), "..", "..", "main", "python")
)
sys.path.insert(0, os.path.abspath(PACKAGE))


class Host:
    """One worker over one project folder."""

    def __init__(self, root):
        self.root = str(root)
        self.scratch = tempfile.mkdtemp(prefix="tw")
        path = os.path.join(self.scratch, "s")
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen()
        server.settimeout(60)
        worker = os.path.join(os.path.abspath(PACKAGE), "towpath", "_worker.py")
        self.process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-u", worker, path],
            cwd=self.root,
            env={"TOWPATH_PACKAGES": "requirements.txt", **os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.output = {"stdout": b"", "stderr": b""}
        self.readers = [threading.Thread(target=self._drain, args=(n,), daemon=True) for n in self.output]
        for reader in self.readers:
            reader.start()
        self.connection, _ = server.accept()
        self.lines = self.connection.makefile("rb")
        self.ready = self.receive()
        self.tables = {}
        self.events = []
        self.count = 0

    def _drain(self, name):
        stream = getattr(self.process, name)
        while True:
            data = os.read(stream.fileno(), 65536)
            if not data:
                return
            self.output[name] += data

    def receive(self):
        line = self.lines.readline()
        return json.loads(line) if line else None

    def send(self, document):
        self.connection.sendall(json.dumps(document).encode() + b"\n")

    def order(self, document):
        """Sends an order and answers its questions; the last event, with what was put out."""
        import pyarrow as pa

        self.count += 1
        path = os.path.join(self.scratch, "o%d" % self.count)
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        listening.listen()
        self.send(dict(document, id=self.count, output=path))
        batches = []
        thread = None
        while True:
            event = self.receive()
            if event is None:
                return {"event": "died"}
            assert event["id"] == self.count
            self.events.append(event)
            if event["event"] == "read":
                self.answer(event)
            elif event["event"] == "output":

                def drain():
                    connection, _ = listening.accept()
                    try:
                        with pa.ipc.open_stream(connection.makefile("rb")) as reader:
                            batches.append(reader.schema)
                            batches.extend(reader)
                    except pa.ArrowInvalid:
                        batches.append("cut off")

                thread = threading.Thread(target=drain)
                thread.start()
            elif event["event"] in ("done", "failed"):
                if thread:
                    thread.join(60)
                if event["event"] == "done" and batches:
                    event["table"] = pa.Table.from_batches(batches[1:], batches[0])
                event["batches"] = batches
                return event

    def answer(self, event):
        table = self.tables.get(event["name"])
        if table is None:
            self.send({"op": "refused", "message": "no table %s" % event["name"], "hint": "make one"})
            return
        columns = [c for c in table["columns"] if not event["columns"] or c["name"] in event["columns"]]
        self.send(dict(table, op="table", id=event["id"], name=event["name"], columns=columns))

    def build(self, source, columns, file="models/marts/m.py", **more):
        text = textwrap.dedent(source)
        path = os.path.join(self.root, file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        declared = [
            {"name": c.rstrip("!"), "type": t, "not_null": c.endswith("!")} for c, t in columns.items()
        ]
        return self.order(
            dict({"op": "build", "file": file, "name": "marts.m", "columns": declared, "params": {}}, **more)
        )

    def close(self):
        self.connection.close()
        self.process.stdin.close()
        self.process.wait(20)


@pytest.fixture
def project(tmp_path):
    return tmp_path


@pytest.fixture
def host(project):
    host = Host(project)
    yield host
    host.close()
