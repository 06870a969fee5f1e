"""Does a job: a script or a module, as ``python`` itself would, or a notebook."""

import atexit
import datetime
import decimal
import json
import math
import os
import sys
import threading
import traceback
from typing import Any, Dict, List, Optional

from towpath._context import Context, bound, instant
from towpath._errors import TowpathError
from towpath._trace import Tracer

PARAMS = "TOWPATH_PARAMS"
OUTPUT = "TOWPATH_OUTPUT"


class JobContext(Context):
    """What a job is told: its parameters and its interval; it reads tables as they are published.

    All of it comes from the environment, so that a kernel or any other process that the job starts has it, too.
    """

    def __init__(self, variables: "os._Environ[str]") -> None:
        params = json.loads(variables.get(PARAMS) or "{}")
        super().__init__(None, {"name": variables["TOWPATH_JOB"], "params": params})
        self.start = bound(variables.get("TOWPATH_START") or None, None)
        self.end = bound(variables.get("TOWPATH_END") or None, None)
        due = variables.get("TOWPATH_DUE")
        self.now = instant(due) if due else None

    def read(self, name: str, columns: Optional[Any] = None) -> Any:
        """A table as it is published now."""
        from towpath._client import connect

        return connect().read(name, columns=columns)

    def log(self, message: object, level: str = "info") -> None:
        """Writes a line into the job's log; the level is debug, info, warning or error."""
        if level not in ("debug", "info", "warning", "error"):
            raise ValueError("a level is debug, info, warning or error, not %r" % level)
        print("%s: %s" % (level, message), flush=True)

    def output(self, name: str, value: Any) -> None:
        """Hands a small value on to later jobs: text, a number, true or false; the last one of a name counts."""
        if not (isinstance(name, str) and name.isidentifier() and name.isascii()):
            raise ValueError("the name of an output has letters, digits and _; this is %r" % (name,))
        if hasattr(value, "item") and not isinstance(value, (str, int, float, bool)):
            value = value.item()  # a number of numpy's
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError("the output %s is %r, which is no number to hand on" % (name, value))
        if isinstance(value, (decimal.Decimal, datetime.date)):
            value = str(value)
        if not isinstance(value, (str, int, float, bool)):
            raise TypeError(
                "the output %s must be text, a number, true or false, not %s; write larger things to a file"
                % (name, type(value).__name__)
            )
        line = json.dumps({"name": name, "value": value}) + "\n"
        with open(os.environ[OUTPUT], "ab", buffering=0) as file:  # one write, so that processes may write together
            file.write(line.encode("utf-8"))


def context() -> JobContext:
    """What the job that this code belongs to was told; call it in a script, a module or a notebook of a job."""
    if "TOWPATH_JOB" not in os.environ:
        raise TowpathError(
            "towpath.context() is for jobs, and this is none", "run it as a job, or read tables by towpath.connect()"
        )
    return JobContext(os.environ)


def run(channel: Any, order: Dict[str, Any], root: str, stage: List[str]) -> Dict[str, Any]:
    """One job; what it leaves running is ended by the host."""
    stage[0] = "job"
    try:
        if order.get("notebook"):
            from towpath import _notebook

            _notebook.run(order, root)
        else:
            script(order, root)
    except SystemExit as e:
        if e.code not in (None, 0):
            raise
    return {}


def script(order: Dict[str, Any], root: str) -> None:
    import runpy

    arguments = [str(a) for a in order.get("arguments", [])]
    if order.get("module"):
        sys.argv[:] = [order["module"]] + arguments
        ending(lambda: runpy.run_module(order["module"], run_name="__main__", alter_sys=True))
        return
    path = os.path.join(root, order["script"])
    sys.argv[:] = [path] + arguments
    sys.path.insert(1, os.path.dirname(path))  # as python does; the package towpath stays first
    ending(lambda: runpy.run_path(path, run_name="__main__"))


def ending(work: Any) -> None:
    """Does what Python does when a program ends: waits for its threads, and calls what asked to be called."""
    try:
        work()
    finally:
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()
        atexit._run_exitfuncs()


def print_own(error: BaseException, root: str) -> None:
    """The traceback for the log, cut to the project's own lines."""
    tracer = Tracer(root)
    whole = traceback.TracebackException.from_exception(error)
    part: Optional[traceback.TracebackException] = whole
    while part is not None:
        own = [f for f in part.stack if tracer.own(f.filename) is not None]
        part.stack = traceback.StackSummary.from_list(own)
        part = part.__cause__ or (None if part.__suppress_context__ else part.__context__)
    try:
        print("".join(whole.format()), file=sys.stderr, end="", flush=True)
    except (OSError, ValueError, AttributeError):
        return  # user code closed its stderr; the host still gets the cut trace
