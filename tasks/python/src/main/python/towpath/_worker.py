"""Runs a project's Python for Towpath, one order after another: ``python _worker.py SOCKET``.

The host listens on SOCKET, a Unix domain socket; orders and events are JSON documents, one a line. The process's own
stdin stays open while the host lives; its stdout and stderr belong to the user's code and go to the task's log.

Orders: ``build`` (a model), ``figure`` (of a dashboard), ``job`` (a script, module or notebook), ``warm`` (import modules ahead of time). Events:
``ready``, ``read`` (answered by ``table`` or ``refused``), ``output``, ``log``, ``done`` and ``failed``. The last two
say with ``reusable`` whether this process may take another order: not when user code left threads or changed what
cannot be set back.
"""

import json
import os
import signal
import socket
import sys
import threading
import time
from typing import Any, Dict, List, Optional

MARK = "TOWPATH_WORKER"


def start_guard() -> None:
    """Leaves a process behind that kills the whole group when the host's end of stdin closes.

    It is a process, not a thread, so that it works while user code holds the interpreter's lock for ever or has crashed
    it; and it is forked before anything is imported, so that it is small and no lock is held in it.
    """
    os.environ[MARK] = "%d.%d" % (os.getpid(), time.time_ns())
    child = os.fork()
    if child == 0:
        # Forked twice: user code that waits for any child of its own must not wait for this one.
        if os.fork() == 0:
            guard(os.environ[MARK])
        os._exit(0)
    os.waitpid(child, 0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def guard(mark: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)  # or the host would wait for the end of an output that only the guard holds open
    os.dup2(null, 2)
    os.closerange(3, 4096)
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass  # as good as closed
    kill_tree(int(mark.partition(".")[0]))
    kill_marked(mark)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def adopt() -> None:
    """Makes this process the parent of whatever loses its own below it, on Linux: so it can still be told whose it is."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    except Exception:
        return  # another system, or a Python without it: what keeps the mark is found


def kill_tree(worker: int) -> None:
    """All that the worker has started and that is still below it, whatever its group and environment."""
    try:
        if os.getpgid(worker) != os.getpgrp() or not os.path.isdir("/proc/self"):
            return  # it has ended, and its number may be somebody else's
        os.kill(worker, signal.SIGSTOP)  # it starts no more
    except OSError:
        return
    for _ in range(5):  # they may
        parents = {}
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    with open("/proc/%s/stat" % name, "rb") as file:
                        parents[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
                except (OSError, ValueError, IndexError):
                    continue  # it ended
        found = []
        level = [worker]
        while level:
            level = [pid for pid, parent in parents.items() if parent in level and pid != os.getpid()]
            found += level
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                continue
        if not found:
            return


def kill_marked(mark: str) -> None:
    """Processes that left the group (daemons, Jupyter kernels) still have the mark in their environment."""
    wanted = ("%s=%s" % (MARK, mark)).encode()
    for _ in range(3):  # one that is starting another may be missed once
        found = False
        for name in os.listdir("/proc") if os.path.isdir("/proc/self") else []:
            if not name.isdigit() or int(name) == os.getpid():
                continue
            try:
                if wanted in environment(name) and os.getpgid(int(name)) != os.getpgrp():
                    os.kill(int(name), signal.SIGKILL)
                    found = True
            except OSError:
                continue  # it ended, or is somebody else's
        if not found:
            return


def environment(name: str) -> List[bytes]:
    """A process's environment. While it puts another program in its place it has none for a moment: that is waited for."""
    for _ in range(100):
        with open("/proc/%s/environ" % name, "rb") as file:
            text = file.read()
        if text:
            return text.split(b"\0")
        os.readlink("/proc/%s/exe" % name)  # fails for what has ended, and for the kernel's own
        time.sleep(0.001)
    return []


class Channel:
    """The line to the host. Any thread may speak; a question and its answer are one exchange."""

    def __init__(self, connection: socket.socket) -> None:
        self._in = connection.makefile("rb")
        self._connection = connection
        self._lock = threading.RLock()

    def close(self) -> None:
        """Lets go of the line, in a process that user code forked: it must not answer for this one."""
        number = self._connection.detach()
        if number >= 0:  # else a process that such a process forked
            os.close(number)

    def send(self, document: Dict[str, Any]) -> None:
        line = json.dumps(document, default=str).encode("ascii") + b"\n"
        with self._lock:
            self._connection.sendall(line)

    def receive(self) -> Optional[Dict[str, Any]]:
        line = self._in.readline()
        return json.loads(line) if line else None

    def ask(self, document: Dict[str, Any]) -> Dict[str, Any]:
        with self._lock:
            self.send(document)
            answer = self.receive()
        if answer is None:
            raise ConnectionError("Towpath has gone")
        return answer


def packages() -> Dict[str, str]:
    """Versions of the packages that data goes through; from the names of folders, which needs no import."""
    found: Dict[str, str] = {}
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                package, _, version = name.rsplit(".", 1)[0].partition("-")
                if package.lower() in ("pyarrow", "pandas", "polars", "numpy"):
                    found.setdefault(package.lower(), version.partition("-")[0])
    return found


def kind_of(error: BaseException, stage: str) -> str:
    from towpath._errors import ContractError, MissingPackage

    if isinstance(error, ContractError):
        return "contract"
    if isinstance(error, MissingPackage):
        return "packages"
    return stage


def failure(error: BaseException, stage: str, root: str) -> Dict[str, Any]:
    """The event that tells of an exception."""
    from towpath._errors import ContractError, packages_file
    from towpath._trace import Tracer

    told = dict(Tracer(root).describe(error), event="failed", kind=kind_of(error, stage))
    if isinstance(error, SystemExit):
        told["message"] = "it called sys.exit(%s)" % ("" if error.code is None else repr(error.code))
        if stage == "job":
            code = error.code
            told["message"] = "it ended with exit code %d" % code if isinstance(code, int) else str(code)
    elif isinstance(error, ModuleNotFoundError) and error.name and "hint" not in told:
        told["hint"] = "add its package to %s, or put %s.py into the project" % (packages_file(), error.name.split(".")[0])
    elif isinstance(error, MemoryError):
        told["message"] = "out of memory" if told["message"] == "(no message)" else told["message"]
    if isinstance(error, ContractError):
        told["problems"] = [d._asdict() for d in error.details]
        told.update(column=error.details[0].column, row=error.details[0].row)
    return told


def work(channel: Channel, order: Dict[str, Any], root: str) -> None:
    """Does one order and tells how it ended."""
    from towpath import _trace
    from towpath._surroundings import Surroundings

    surroundings = Surroundings(root)
    stage = ["import"]
    result: Dict[str, Any]
    try:
        if order["op"] == "build":
            from towpath._model import build

            result = {"event": "done", "rows": build(channel, order, root, stage)}
        elif order["op"] == "figure":
            from towpath._figure import draw

            result = {"event": "done", "figure": draw(channel, order, root, stage)}
        elif order["op"] == "job":
            from towpath._job import run

            result = dict(run(channel, order, root, stage), event="done")
        else:
            raise ValueError("unknown order: %s" % order["op"])
    except BaseException as e:  # noqa: B902 - SystemExit and KeyboardInterrupt are the user's code's, too
        result = failure(e, stage[0], root)
        if stage[0] == "job":
            from towpath._job import print_own

            if result["type"] not in ("SystemExit", "CellFailed", "MissingPackage"):
                print_own(e, root)
        elif result["kind"] not in ("contract", "packages"):
            _trace.print_full(e)
    result["id"] = order.get("id")
    result["reusable"] = surroundings.restore()
    channel.send(result)


def warm(modules: List[str]) -> None:
    """Imports ahead of time; what cannot be imported fails when it is needed."""
    import importlib

    for name in modules:
        try:
            importlib.import_module(name)
        except Exception:
            continue


def main(arguments: List[str]) -> int:
    try:
        os.setsid()  # a group of its own, which is killed as one
    except PermissionError:
        pass  # it leads one already
    start_guard()
    adopt()
    # The project's own files may be kept apart, as they were when a run began.
    root = os.environ.get("TOWPATH_FILES") or os.getcwd()
    # This script's folder holds modules of a package, none of which may be imported by its short name.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path.insert(1, root)
    if os.path.realpath(root) != os.getcwd():
        sys.path.insert(2, os.getcwd())  # for what is not kept
    sys.dont_write_bytecode = True  # no __pycache__ between a project's files
    # Imported under its own name, so that what it refers to is what other modules import.
    from towpath import _worker

    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(arguments[1])
    channel = _worker.Channel(connection)
    os.register_at_fork(after_in_child=channel.close)
    sys.argv[1:] = []
    channel.send(
        {"event": "ready", "pid": os.getpid(), "python": "%d.%d.%d" % sys.version_info[:3], "packages": packages()}
    )
    while True:
        order = channel.receive()
        if order is None:
            return 0
        if order["op"] == "warm":
            _worker.warm(order.get("modules", []))
        else:
            _worker.work(channel, order, root)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
