"""Cuts a traceback to a project's own lines."""

import linecache
import os
import sys
import traceback
from typing import Any, Dict, List, Optional

from towpath._errors import TowpathError

LONGEST = 4000


class Tracer:
    """Tells of exceptions with places below a project's root."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)

    def own(self, path: Optional[str]) -> Optional[str]:
        """A file's path relative to the root; None when it is not the project's own, such as Cython's pandas/x.pyx."""
        if not path or path.startswith("<") or not (os.path.isabs(path) or os.path.isfile(path)):
            return None
        real = os.path.realpath(path)
        if not os.path.isabs(path) and not os.path.isfile(real):
            return None  # how Cython names the sources of an extension
        if not real.startswith(self.root + os.sep):
            return None
        relative = real[len(self.root) + 1 :].replace(os.sep, "/")
        parts = relative.split("/")
        if "site-packages" in parts or "dist-packages" in parts or ".venv" in parts or ".towpath" in parts:
            return None
        if any(real.startswith(os.path.realpath(prefix) + os.sep) for prefix in {sys.prefix, sys.base_prefix}):
            return None
        return relative

    def frames(self, error: BaseException) -> List[Dict[str, Any]]:
        """The project's own frames, the innermost last."""
        frames = []
        for frame, line in traceback.walk_tb(error.__traceback__):
            file = self.own(frame.f_code.co_filename)
            if file is not None:
                text = linecache.getline(frame.f_code.co_filename, line).strip()
                frames.append({"file": file, "line": line, "function": frame.f_code.co_name, "text": text[:200]})
        if isinstance(error, SyntaxError):
            file = self.own(error.filename)
            if file is not None:
                text = (error.text or "").strip()
                frames.append({"file": file, "line": error.lineno or 1, "function": "<module>", "text": text[:200]})
        return frames

    def describe(self, error: BaseException) -> Dict[str, Any]:
        """Type, message, place and trace of an exception."""
        frames = self.frames(error)
        told: Dict[str, Any] = {"type": type(error).__name__, "message": message_of(error), "trace": frames}
        if frames:
            told["file"] = frames[-1]["file"]
            told["line"] = frames[-1]["line"]
        place = getattr(error, "place", None)
        if isinstance(error, TowpathError) and place:
            told["file"], told["line"] = place
        if isinstance(error, TowpathError) and error.hint:
            told["hint"] = error.hint
        return told


def message_of(error: BaseException) -> str:
    """An exception's text, whatever its ``__str__`` does."""
    try:
        if isinstance(error, TowpathError):
            text = error.message
        elif isinstance(error, SyntaxError):
            text = error.msg
        else:
            text = str(error)
    except Exception as e:
        text = "(its text cannot be shown: %s)" % type(e).__name__
    text = text.strip() or "(no message)"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def print_full(error: BaseException) -> None:
    """The whole traceback, for the log; without this package's own frames."""
    here = os.path.dirname(os.path.abspath(__file__))
    lines = traceback.TracebackException.from_exception(error)
    part: Optional[traceback.TracebackException] = lines
    while part is not None:
        kept = [f for f in part.stack if not os.path.abspath(f.filename).startswith(here + os.sep)]
        part.stack = traceback.StackSummary.from_list(kept) if kept else part.stack
        part = part.__cause__ or (None if part.__suppress_context__ else part.__context__)
    try:
        print("".join(lines.format()), file=sys.stderr, end="", flush=True)
    except (OSError, ValueError, AttributeError):
        return  # user code closed its stderr; the host still gets the cut trace
