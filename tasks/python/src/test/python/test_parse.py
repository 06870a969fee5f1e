"""Reading models without running them."""

import json
import os
import subprocess
import sys
import textwrap

import pytest
import towpath
from towpath import _parse

HELPER = os.path.join(os.path.dirname(towpath.__file__), "_parse.py")


def parse(text, root=".", file="models/m.py", entry="build"):
    return _parse.parse(file, textwrap.dedent(text), str(root), entry)


def names(answer):
    return [(r["name"], r["line"], r["column"]) for r in answer["reads"]]


def test_reads_and_places():
    found = parse(
        """\
        import pandas as pd

        def build(t):
            é = 1; a = t.read("marts.é", columns=["x", "ü"]).to_pandas()
            b = t.read(name='b.c', columns=COLUMNS)
            return [t.read("in.a", ("y",)) for _ in range(3)]
        """
    )
    assert found["build"] == {"line": 3, "column": 5, "parameters": ["t"]}
    assert names(found) == [("marts.é", 4, 23), ("b.c", 5, 21), ("in.a", 6, 20)]
    assert [(c["name"], c["column"]) for c in found["reads"][0]["columns"]] == [("x", 43), ("ü", 48)]
    assert found["reads"][1]["columns"] is None
    assert found["dynamic"] == []
    assert found["modules"] == ["pandas"]


def test_helpers_that_are_handed_t_read_too():
    found = parse(
        """\
        def build(context):
            c = context
            return helper(1, ctx=c)
        def helper(n, ctx):
            return deeper(ctx)
        def deeper(x):
            deeper(x)
            return x.read("a.b")
        def unused(t):
            return t.read("not.this")
        """
    )
    assert names(found) == [("a.b", 8, 19)]


@pytest.mark.parametrize(
    "body", ["t.read(name)", "t.read(f'a.{x}')", "t.read('a' + '.b')", "t.read()", "t.read(*a)", "f(t.read)", "r = t.read"]
)
def test_reads_that_are_not_literal(body):
    found = parse("def build(t):\n    %s\n" % body)
    assert found["reads"] == []
    assert len(found["dynamic"]) == 1 and found["dynamic"][0]["line"] == 2


@pytest.mark.parametrize(
    "body,params,dynamic",
    [
        ("t.param('first')", [("first", 2, 13)], False),
        ("t.param(name='b', default=t.param('a'))", [("b", 2, 18), ("a", 2, 39)], False),
        ("t.param(x)", [], True),
        ("t.param()", [], True),
        ("t.params['x']", [], True),
        ("f = t.param", [], True),
        ("other.param('x')", [], False),
    ],
)
def test_params(body, params, dynamic):
    found = parse("def build(t):\n    %s\n" % body)
    assert [(p["name"], p["line"], p["column"]) for p in found["params"]] == params
    assert found["dynamic_params"] is dynamic


@pytest.mark.parametrize(
    "text,build",
    [
        ("x = 1", None),
        ("def other(t): pass", None),
        ("class A:\n def build(t): pass", None),
        ("async def build(t): pass", ["async"]),
        ("def build(): pass", []),
        ("def build(t, u=1, *a, k, **kw): pass", ["t", "u", "*a", "k", "**kw"]),
        ("build = lambda t: 1", ["t"]),
        ("build = make()", "unknown"),
        ("from lib import build", "unknown"),
        ("from lib import other as build", "unknown"),
        ("if True:\n  def build(t): pass", ["t"]),
        ("try:\n  import x\nexcept ImportError:\n  def build(t): pass", ["t"]),
    ],
)
def test_build(text, build):
    found = parse(text)["build"]
    if build is None:
        assert found is None
    else:
        assert found["parameters"] == (None if build == "unknown" else build)


@pytest.mark.parametrize(
    "text,line,column",
    [("def build(:\n", 1, 11), ("x = 1\n  y = 2\n", 2, 3), ("é = (\n", 1, 5), ("x = '\n", 1, 5), ("x = \0", 1, 1)],
)
def test_errors_of_syntax_have_a_place(text, line, column):
    error = parse(text)["error"]
    assert error["message"]
    assert error["line"] == line
    assert column - 2 <= error["column"] <= column + 2


def test_what_changes_the_fingerprint():
    base = "import x\ndef build(t):\n    return t.read('a.b')\n"
    same = '"""Doc."""\nimport x  # why\n\n\ndef build(t):\n    """Doc."""\n    return t.read("a.b")\n'
    assert parse(base)["canonical"] == parse(same)["canonical"]
    for other in (base.replace("'a.b'", "'a.c'"), base.replace("x", "y"), base + "z = None\n", base + "z = 1\n", base + "z = 1.0\n"):
        assert parse(base)["canonical"] != parse(other)["canonical"]


def test_imports_of_the_project(tmp_path):
    (tmp_path / "lib" / "deep").mkdir(parents=True)
    (tmp_path / "lib" / "__init__.py").write_text("")
    (tmp_path / "lib" / "a.py").write_text("from lib.deep import b\nimport json\n")
    (tmp_path / "lib" / "deep" / "b.py").write_text("import lib.a, requests\n")
    (tmp_path / "single.py").write_text("from . import lib\n")
    text = "import single\nfrom lib import a\nimport numpy.linalg\nimport os.path, towpath\ndef build(t): pass\n"
    found = parse(text, tmp_path)
    assert found["imports"] == ["lib/__init__.py", "lib/a.py", "lib/deep/b.py", "single.py"]
    assert found["modules"] == ["numpy", "requests"]
    (tmp_path / "lib" / "deep" / "b.py").write_text("import lib.a, requests  # why\n")
    assert parse(text, tmp_path)["canonical"] == found["canonical"]
    (tmp_path / "lib" / "deep" / "b.py").write_text("import lib.a, requests\nx = 1\n")
    changed = parse(text, tmp_path)["canonical"]
    assert changed != found["canonical"]
    (tmp_path / "lib" / "deep" / "b.py").write_text("import (\n")
    assert parse(text, tmp_path)["canonical"] not in (changed, found["canonical"])


def test_one_process_for_a_whole_project(tmp_path):
    orders = [{"file": "m%d.py" % i, "text": "def build(t):\n    t.read('a.b')\n"} for i in range(100)]
    orders.append({"file": "deep.py", "text": "x = " + "-" * 100000 + "1"})
    orders.append({"file": "last.py", "text": "x = '\ud800'"})
    out = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", HELPER],
        input="".join(json.dumps(o) + "\n" for o in orders),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    answers = [json.loads(line) for line in out.stdout.splitlines()]
    assert [a["file"] for a in answers] == [o["file"] for o in orders]
    assert answers[0]["reads"][0]["name"] == "a.b"
    assert answers[100]["error"]


def test_a_figure_of_a_page_is_called_figure():
    found = parse(
        """\


        def build(t):
            return t.read("not.this")
        def figure(t):
            return t.read("days", columns=["n"])
        """,
        file="dashboards/p.md",
        entry="figure",
    )
    assert found["build"] == {"line": 5, "column": 5, "parameters": ["t"]}
    assert names(found) == [("days", 6, 19)]
    assert parse("figure = lambda t: t.read('a.b')", entry="figure")["reads"][0]["name"] == "a.b"
    assert parse("def build(t): pass", entry="figure")["build"] is None
