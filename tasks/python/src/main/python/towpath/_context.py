"""What a model or a job gets as ``t``."""

import datetime
import os
import sys
import unicodedata
from typing import Any, Dict, List, Optional, Sequence, Union

from towpath._data import Table, stored_file
from towpath._errors import ReadError, TowpathError, nearest
from towpath._types import parse_type

Bound = Union[datetime.datetime, datetime.date, None]
_MISSING = object()


class Context:
    """The project as a model or job sees it: tables to read, parameters, the interval to build.

    ``start`` and ``end`` are the half-open interval of an incremental model, as a ``date`` when its time column is a
    DATE, else as a ``datetime`` (with a time zone when the column has one); None means unbounded. ``now`` is the run's
    logical time.
    """

    name: str
    start: Bound
    end: Bound
    now: Optional[datetime.datetime]

    def __init__(self, channel: Any, order: Dict[str, Any]) -> None:
        self._channel = channel
        self._id = order.get("id")
        self._reads = order.get("reads")
        self._page = order.get("op") == "figure"
        self.name = order.get("name", "")
        self._parameters = {k: typed(v) for k, v in (order.get("params") or {}).items()}
        time_type = order.get("column_of_time_type")
        self.start = bound(order.get("start"), time_type)
        self.end = bound(order.get("end"), time_type)
        now = order.get("now")
        self.now = instant(now) if now else None

    def read(self, name: str, columns: Optional[Sequence[str]] = None) -> Table:
        """A table of the project, as the run has pinned it.

        Write the name as a literal: the call is what tells Towpath that this model reads the table. Naming the columns
        reads only those, and lets ``towpath check`` look whether they exist.
        """
        if not isinstance(name, str):
            raise TypeError("the name of a table is text, such as marts.daily; this is %r" % (name,))
        if isinstance(columns, str):
            raise TypeError('columns is a list: columns=["%s"]' % columns)
        if self._reads is not None and folded(name) not in [folded(r) for r in self._reads]:
            raise ReadError(
                '"%s" is not among the tables that %s reads' % (name, self.name or "this"),
                'call t.read("%s") with the name written out%s'
                % (name, " in the block itself" if self._page else ", or declare it: reads: [%s]" % name),
            )
        question = {"event": "read", "id": self._id, "name": name, "columns": list(columns) if columns else None}
        answer = self._channel.ask(question)
        if answer.get("op") != "table":
            raise ReadError(answer.get("message", 'cannot read "%s"' % name), answer.get("hint"))
        described = [(c["name"], parse_type(c["type"]), c.get("source") or c["name"]) for c in answer["columns"]]
        return Table(answer.get("name", name), [stored_file(f, described) for f in answer["files"]], described)

    def param(self, name: str, default: Any = _MISSING) -> Any:
        """A parameter: one of the project's ``vars``, a filter, or what a job was given; typed as declared.

        A filter of a dashboard that nobody has chosen is None, and one that takes several values is a list.
        """
        for known, value in self._parameters.items():
            if folded(known) == folded(name):
                return value
        if default is not _MISSING:
            return default
        near = nearest(name, list(self._parameters))
        raise TowpathError(
            'there is no parameter "%s"' % name,
            'did you mean "%s"?' % near
            if near
            else "declare it under filters: at the top of the page"
            if self._page
            else "declare it under vars: in towpath.yml",
        )

    @property
    def params(self) -> Dict[str, Any]:
        """All parameters."""
        return dict(self._parameters)

    def log(self, message: object, level: str = "info") -> None:
        """Writes a line into the task's log; the level is debug, info, warning or error."""
        if level not in ("debug", "info", "warning", "error"):
            raise ValueError("a level is debug, info, warning or error, not %r" % level)
        if not written("%s: %s\n" % (level, message)):
            self._channel.send({"event": "log", "id": self._id, "level": level, "message": str(message)})

    def __repr__(self) -> str:
        return "<towpath context of %s>" % self.name


def written(line: str) -> bool:
    """Whether a line went where prints go, among which it keeps its place; not when user code has closed that."""
    left = line.encode("utf-8", "replace")
    try:
        sys.stdout.flush()
        while left:
            left = left[os.write(1, left) :]
        return True
    except (OSError, ValueError, AttributeError):
        return False


def folded(name: str) -> str:
    """A name as Towpath compares it: NFC, lower case, without quotes and blanks around."""
    parts: List[str] = [p.strip().strip('"') for p in name.split(".")]
    return unicodedata.normalize("NFC", ".".join(parts)).lower()


def instant(text: str) -> datetime.datetime:
    # Python before 3.11 knows neither Z nor more or fewer than 3 or 6 digits of a second
    head, dot, rest = text.replace("Z", "+00:00").partition(".")
    if dot:
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        text = head + "." + (digits + "000000")[:6] + rest[len(digits) :]
    else:
        text = head
    return datetime.datetime.fromisoformat(text)


def bound(text: Optional[str], time_type: Optional[str]) -> Bound:
    if text is None:
        return None
    moment = instant(text)
    if time_type == "DATE":
        return moment.date()
    if time_type in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", None):
        return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)
    return moment.replace(tzinfo=None)


def typed(value: Any) -> Any:
    """A parameter's value: plain JSON, or ``{"type", "value"}`` for what JSON has no type for."""
    if not (isinstance(value, dict) and set(value) == {"type", "value"}):
        return value
    kind, text = value["type"].upper(), value["value"]
    if text is None:
        return None
    if isinstance(text, list):
        return [typed({"type": kind, "value": t}) for t in text]
    if kind == "BOOLEAN":
        return str(text).lower() == "true"
    if kind == "DATE":
        return datetime.date.fromisoformat(text)
    if kind.startswith("TIMESTAMP"):
        moment = instant(text)
        if "ZONE" in kind or kind == "TIMESTAMPTZ":
            return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)
        return moment.replace(tzinfo=None)
    if kind.startswith("TIME"):
        return datetime.time.fromisoformat(text)
    if kind.startswith(("DECIMAL", "NUMERIC")):
        import decimal

        return decimal.Decimal(str(text))
    if kind in ("DOUBLE", "FLOAT"):
        return float(text)
    if kind.endswith("INT") or kind == "INTEGER":
        return int(text)
    return text
