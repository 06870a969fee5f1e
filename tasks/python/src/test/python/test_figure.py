"""Figures of dashboards: drawn by the worker, as JSON of Plotly."""

import json
import pathlib
import textwrap

import pyarrow as pa
import pytest
from test_worker import stored
from towpath._errors import TowpathError
from towpath._figure import json_of


def draw(host, source, reads=(), params=None, line=3):
    """Draws a figure that stands in a page below some other lines."""
    text = "\n" * line + textwrap.dedent(source)
    page = pathlib.Path(host.root, "dashboards", "p.md")
    page.parent.mkdir(exist_ok=True)
    page.write_text(text)
    order = {"op": "figure", "file": "dashboards/p.md", "name": "p.one", "text": text}
    return host.order(dict(order, reads=list(reads), params=params or {}))


def test_plotly_express_is_drawn_as_it_is(host, project):
    stored(host, "days", pa.table({"day": ["a", "b"], "n": [1.5, None]}), {"day": "VARCHAR", "n": "DOUBLE"}, project)
    done = draw(
        host,
        """\
        import plotly.express as px

        def figure(t):
            fig = px.line(t.read("days").to_pandas(), x="day", y="n", title=t.param("region")[1], template="plotly_dark")
            return fig
        """,
        ["days"],
        {"region": {"type": "VARCHAR", "value": ["N", "S"]}},
    )
    assert done["event"] == "done", done
    assert done["reusable"]
    figure = json.loads(done["figure"])
    import plotly.express as px
    import pandas as pd

    same = px.line(pd.DataFrame({"day": ["a", "b"], "n": [1.5, None]}), x="day", y="n", title="S", template="plotly_dark")
    assert figure == json.loads(same.to_json())


def test_graph_objects_and_their_parts(host):
    done = draw(
        host,
        """\
        import plotly.graph_objects as go
        def figure(t):
            return {"data": [go.Bar(x=["a"], y=[1])], "layout": go.Layout(title="T")}
        """,
    )
    figure = json.loads(done["figure"])
    assert figure["data"] == [{"type": "bar", "x": ["a"], "y": [1]}]
    assert figure["layout"]["title"] == {"text": "T"}


def test_arrays_and_columns_of_any_library():
    import datetime
    import decimal

    import numpy as np
    import pandas as pd
    import polars as pl

    day = datetime.date(2026, 1, 2)
    figure = {
        "data": [
            {
                "a": np.array([1.5, np.nan, np.inf]),
                "b": pd.Series([day, pd.NaT]),
                "c": pl.Series([1, None]),
                "d": pa.array(["x", None]),
                "e": np.array(["2026-01-02T03:04:05"], dtype="datetime64[ns]"),
                "f": (decimal.Decimal("1.5"), decimal.Decimal("NaN"), pd.NA, np.int64(7), np.bool_(True)),
                "g": pd.to_datetime(pd.Series(["2026-01-02"])),
                "h": pd.Index([1, 2]),
                "i": range(2),
                "j": datetime.time(1, 2),
            }
        ]
    }
    assert json.loads(json_of(figure))["data"] == [
        {
            "a": [1.5, None, None],
            "b": ["2026-01-02", None],
            "c": [1, None],
            "d": ["x", None],
            "e": ["2026-01-02T03:04:05"],
            "f": [1.5, None, None, 7, True],
            "g": ["2026-01-02T00:00:00"],
            "h": [1, 2],
            "i": [0, 1],
            "j": "01:02:00",
        }
    ]
    assert json_of({"layout": {}}) == '{"layout":{},"data":[]}'
    assert json_of('{"data": []}') == '{"data": []}'


class Frame:
    def to_json(self):
        return '{"a": {"0": 1}}'


@pytest.mark.parametrize(
    "result, said",
    [
        (None, "figure(t) returned nothing"),
        (3, "its type is int"),
        ([{"x": [1]}], "its type is list"),
        ("<div>", "its type is str"),
        ('{"data": [NaN]}', "its type is str"),
        (Frame(), "without data and layout"),
        ({"x": [1]}, "its type is dict, without data and layout"),
        ({"data": {"x": [1]}}, "its type is dict"),
        ({"data": [1]}, "data[0] is no trace but int"),
        ({"data": [], "layout": [1]}, "whose layout is no dict"),
        ({"data": [{"x": [1, object()]}]}, "a value of type object cannot stand in a figure, at figure.data[0].x[1]"),
    ],
)
def test_what_is_no_figure_is_refused(result, said):
    with pytest.raises(TowpathError) as refused:
        json_of(result)
    assert said in refused.value.message


def test_nesting_without_end():
    loop = {"data": []}
    loop["layout"] = loop
    with pytest.raises(TowpathError, match="nested too deeply"):
        json_of(loop)


def test_a_failure_has_its_line_in_the_page(host):
    failed = draw(
        host,
        """\
        def figure(t):
            return helper(t)

        def helper(t):
            import json
            return json.loads("{")
        """,
    )
    assert failed["event"] == "failed"
    assert (failed["type"], failed["file"], failed["line"]) == ("JSONDecodeError", "dashboards/p.md", 9)
    assert [(f["line"], f["function"]) for f in failed["trace"]] == [(5, "figure"), (9, "helper")]
    assert failed["trace"][1]["text"] == 'return json.loads("{")'


def test_a_figure_that_is_too_large(host):
    failed = draw(host, 'def figure(t): return {"data": [{"x": ["x" * 1000] * 20000}]}\n')
    assert failed["message"] == "the figure is 20 MB of JSON, more than the 16 MB that a page takes"
    assert "group or sample" in failed["hint"]


def test_what_it_does_not_say_that_it_reads(host):
    failed = draw(host, 'def figure(t): return t.read("".join(["da", "ys"]))\n')
    assert failed["message"] == '"days" is not among the tables that p.one reads'
    assert failed["hint"] == 'call t.read("days") with the name written out in the block itself'
    failed = draw(host, 'def figure(t): return t.param("".join(["x"]))\n')
    assert failed["hint"] == "declare it under filters: at the top of the page"


def test_filters_are_typed(host):
    done = draw(
        host,
        """\
        def figure(t):
            return {"data": [], "layout": {k: repr(v) for k, v in t.params.items()}}
        """,
        params={
            "none": {"type": "DATE", "value": None},
            "day": {"type": "DATE", "value": "2026-01-02"},
            "days": {"type": "DATE", "value": ["2026-01-02"]},
            "n": {"type": "BIGINT", "value": "7"},
            "yes": {"type": "BOOLEAN", "value": "true"},
            "no": {"type": "BOOLEAN", "value": "false"},
        },
    )
    assert json.loads(done["figure"])["layout"] == {
        "none": "None",
        "day": "datetime.date(2026, 1, 2)",
        "days": "[datetime.date(2026, 1, 2)]",
        "n": "7",
        "yes": "True",
        "no": "False",
    }
