"""What a task may change in its process, set back for the next one."""

import decimal
import gc
import os
import resource
import signal
import socket
import sys
import threading
import time
import warnings
from typing import Any, Dict, List, Optional, Tuple

import _locale

TIMERS = ("ITIMER_REAL", "ITIMER_VIRTUAL", "ITIMER_PROF")
LIMITS = sorted({getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")})
NUMPY_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


class Surroundings:
    """A process before a task. What the imported libraries keep is set to what it is when they are new."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.folder = os.getcwd()
        self.environment = dict(os.environ)
        self.path = list(sys.path)
        self.arguments = list(sys.argv)
        self.streams = (sys.stdout, sys.stderr)
        self.threads = threading.active_count()
        self.main = sys.modules.get("__main__")
        self.handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
        self.blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        self.locale = _locale.setlocale(_locale.LC_ALL, None)
        self.mask = os.umask(0)
        os.umask(self.mask)
        self.timeout = socket.getdefaulttimeout()
        self.recursion = sys.getrecursionlimit()
        self.limits = limits()
        self.collects = gc.isenabled()
        self.warnings = warnings.catch_warnings()
        self.warnings.__enter__()

    def restore(self) -> bool:
        """Sets back what can be; whether the process is as good as new."""
        self.signals()  # first: one may come at any moment
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):
                continue  # closed by the user's code, or something that is no stream
        sys.stdout, sys.stderr = self.streams
        if dict(os.environ) != self.environment:
            os.environ.clear()
            os.environ.update(self.environment)
            time.tzset()
        sys.path[:] = self.path
        sys.argv[:] = self.arguments
        if self.main is not None:
            sys.modules["__main__"] = self.main
        try:
            self.interpreter()
            libraries()
            os.chdir(self.folder)
            unchanged = limits() == self.limits
        except Exception:
            return False
        forget(self.root)
        alone = threading.active_count() <= self.threads and not has_children()
        return unchanged and alone and not any(s.closed for s in self.streams)

    def signals(self) -> None:
        for timer in TIMERS:
            signal.setitimer(getattr(signal, timer), 0)
        for number, handler in self.handlers.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, self.blocked)

    def interpreter(self) -> None:
        self.warnings.__exit__(None, None, None)
        sys.settrace(None)
        sys.setprofile(None)
        sys.setrecursionlimit(self.recursion)
        (gc.enable if self.collects else gc.disable)()
        os.umask(self.mask)
        socket.setdefaulttimeout(self.timeout)
        if _locale.setlocale(_locale.LC_ALL, None) != self.locale:
            _locale.setlocale(_locale.LC_ALL, self.locale)


def limits() -> Tuple[Any, ...]:
    """What is not set back, and perhaps cannot be: a process where it has changed is not used again."""
    digits = getattr(sys, "get_int_max_str_digits", int)()  # since Python 3.11, and late versions of older ones
    return [limit(number) for number in LIMITS], repr(decimal.DefaultContext), sys.getswitchinterval(), digits


def limit(number: int) -> Optional[Tuple[int, int]]:
    try:
        return resource.getrlimit(number)
    except (OSError, ValueError):
        return None  # the system knows none of that kind


def libraries() -> None:
    """Sets back what libraries keep for the whole process, as far as they are imported."""
    decimal.setcontext(decimal.Context())
    random = sys.modules.get("random")
    if random is not None:
        random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "seterr"):  # else its import failed
        numpy.seterr(**NUMPY_ERRORS)
        if "numpy.random" in sys.modules:
            numpy.random.seed()
    pandas = sys.modules.get("pandas")
    if pandas is not None and hasattr(pandas, "reset_option"):
        options(pandas)


def options(pandas: Any) -> None:
    """pandas has a way to set all its options back, which takes milliseconds; most often none was changed."""
    config: Any = sys.modules.get("pandas._config.config")
    registered: Dict[str, Any] = getattr(config, "_registered_options", {})
    changed: List[str] = []
    for key, option in registered.items():
        value: Any = config._global_config
        for part in key.split("."):
            value = value[part]
        if value is not option.defval and value != option.defval:
            changed.append(key)
    if changed:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for key in changed:
                pandas.reset_option("^" + key.replace(".", "[.]") + "$")


def has_children() -> bool:
    """Whether processes were left behind, where the system tells (Linux); those that have ended count no more."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except OSError:
        return False  # there are none
    try:
        with open("/proc/self/task/%d/children" % os.getpid()) as file:
            return bool(file.read().strip())
    except OSError:
        return False


def forget(root: str) -> None:
    """Drops the project's own modules, so that the next task imports them afresh."""
    from towpath._trace import Tracer

    tracer = Tracer(root)
    installed = (sys.prefix + os.sep, sys.base_prefix + os.sep)
    for name, module in list(sys.modules.items()):
        try:
            file: Optional[str] = getattr(module, "__file__", None)
        except Exception:
            continue  # a module that is an object of the user's making
        if not isinstance(file, str) or file.startswith(installed):
            continue  # most are, and looking at each by its links would take long
        if name != "__main__" and tracer.own(file) is not None:
            del sys.modules[name]
