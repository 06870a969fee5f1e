"""Runs a dashboard's ``figure`` and makes JSON of what it returned."""

import datetime
import decimal
import json
import math
from typing import Any, Dict, List

from towpath._context import Context
from towpath._errors import TowpathError
from towpath._model import load

MOST_BYTES = 16 << 20
DEEPEST = 50


def draw(channel: Any, order: Dict[str, Any], root: str, stage: List[str]) -> str:
    """Draws one figure; Plotly's JSON of it. ``stage`` says how far it came."""
    module = load(order, root)
    function = getattr(module, "figure", None)
    if not callable(function):
        raise TowpathError("there is no function figure(t)", "write def figure(t): that returns a Plotly figure")
    stage[0] = "build"
    text = json_of(function(Context(channel, order)))
    if len(text) > MOST_BYTES:
        raise TowpathError(
            "the figure is %.0f MB of JSON, more than the %d MB that a page takes"
            % (len(text) / 1e6, MOST_BYTES / 1_000_000),
            "draw fewer points: let SQL group or sample the rows, and read its query",
        )
    return text


def json_of(result: Any) -> str:
    """A figure's JSON, as it says it itself if it does; whatever it is, it has to be one of Plotly's."""
    if result is None:
        raise TowpathError("figure(t) returned nothing", "end it with return and the figure")
    text = None
    if isinstance(result, str) or callable(getattr(result, "to_json", None)):
        text = result if isinstance(result, str) else result.to_json()
        try:
            figure = json.loads(text, parse_constant=constant)
        except (TypeError, ValueError):
            raise wrong(result, "") from None
    elif isinstance(result, dict) or callable(getattr(result, "to_plotly_json", None)):
        figure = plain(result, "figure")
    else:
        raise wrong(result, "")
    if not isinstance(figure, dict) or not isinstance(figure.get("data"), (list, type(None))):
        raise wrong(result, "")
    traces = figure.get("data") or []
    if "data" not in figure and "layout" not in figure:
        raise wrong(result, ", without data and layout")
    for number, trace in enumerate(traces):
        if not isinstance(trace, dict):
            raise wrong(result, ", whose data[%d] is no trace but %s" % (number, type(trace).__name__))
    if not isinstance(figure.get("layout") or {}, dict):
        raise wrong(result, ", whose layout is no dict")
    if text is None or "data" not in figure:
        text = json.dumps(dict(figure, data=traces), separators=(",", ":"), allow_nan=False)
    return text


def wrong(result: Any, how: str) -> TowpathError:
    kind = type(result)
    name = kind.__name__ if kind.__module__ == "builtins" else "%s.%s" % (kind.__module__.split(".")[0], kind.__name__)
    return TowpathError(
        "what figure(t) returned is no figure of Plotly: its type is %s%s" % (name, how),
        "return what plotly.express or plotly.graph_objects makes, or a dict with data and layout",
    )


def constant(name: str) -> Any:
    raise ValueError("%s is not JSON" % name)


def plain(value: Any, place: str, depth: int = 0) -> Any:
    """A value as JSON has it; numbers that are none are null, and arrays and columns of any library are lists."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth > DEEPEST:
        raise TowpathError("the figure is nested too deeply, at %s" % place[:200])
    if isinstance(value, dict):
        return {str(k): plain(v, "%s.%s" % (place, k), depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return [plain(v, "%s[%d]" % (place, i), depth + 1) for i, v in enumerate(value)]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat() if value == value else None  # pandas' NaT is a datetime that equals nothing
    if isinstance(value, decimal.Decimal):
        return float(value) if value.is_finite() else None
    if callable(getattr(value, "to_plotly_json", None)):
        return plain(value.to_plotly_json(), place, depth + 1)
    if type(value).__name__ == "NAType":  # pandas' missing value
        return None
    if type(value).__module__ == "numpy" and value.dtype.kind == "M":
        value = value.astype("datetime64[us]")  # of nanoseconds NumPy would make numbers
    for method in ("tolist", "to_list", "to_pylist", "as_py"):
        convert = getattr(value, method, None)
        if callable(convert):
            made = convert()
            if made is not value:
                return plain(made, place, depth + 1)
    raise TowpathError(
        "a value of type %s cannot stand in a figure, at %s" % (type(value).__name__, place[:200]),
        "make it a number, a text or a list",
    )
