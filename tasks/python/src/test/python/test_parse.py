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
    "body",
    [
        "f(t)", "Rules(t).build()", "functools.partial(f, t)", "list(map(f, [t]))", "self.t = t", "a, b = 1, t", "x = [t]",
        "return t", "yield t", "f(*t)", "f(**t)", "getattr(t, 'read')", "numpy.f(t)", "t.other", "g = lambda c=t: c", "(c := t)",
    ],
)
def test_a_t_that_cannot_be_followed(body):
    found = parse("import numpy\ndef build(t):\n    %s\n" % body)
    assert found["reads"] == found["dynamic"] == []
    assert found["dynamic_params"] is True
    assert [e["line"] for e in found["escapes"]] == [3]


@pytest.mark.parametrize(
    "body",
    [
        "print(t)", "f'{t}'", "t is None", "c: object = t; c.log(1)", "t = t.param('x'); f(t)", "[t for t in x]", "t.log(t.name)",
        "for t in x: f(t)", "f(lambda t: t)", "def g(t): f(t)", "isinstance(t, object)", "{t: f(t) for t in x}",
    ],
)
def test_a_t_that_stays_here(body):
    found = parse("def build(t):\n    %s\n" % body)
    assert (found["escapes"], found["dynamic_params"]) == ([], False)


def test_functions_of_other_files_are_followed(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "rules.py").write_text(
        "from lib import deep\ndef f(u, c=None):\n    return u.param('least', 5), deep.g(c=u)\ndef h(t):\n    return k(t)\n"
    )
    (tmp_path / "lib" / "deep.py").write_text("def g(c):\n    return c.read('a.b', columns=['x']), c.start, c.now\n")
    found = parse("from lib import rules\ndef build(t):\n    return rules.f(t)\n", tmp_path)
    assert names(found) == [("a.b", 3, 20)]
    assert found["reads"][0]["columns"] == [{"line": 3, "column": 20, "name": "x"}]
    assert found["params"] == [{"line": 3, "column": 20, "name": "least"}]
    assert (found["escapes"], found["dynamic_params"]) == ([], False)
    assert (found["bounds"], found["now"]) == ({"line": 3, "column": 20}, True)
    for text in ("from lib.rules import h as z\ndef build(t):\n    z(t)", "import lib.rules\ndef build(t):\n    lib.rules.h(t)"):
        found = parse(text, tmp_path)
        assert (names(found), len(found["escapes"])) == ([], 1)
    found = parse("from lib.deep import g as build\n", tmp_path)
    assert names(found) == [("a.b", 1, 1)]


def test_what_is_no_plain_def_at_the_top():
    assert names(parse("if True:\n    def build(t):\n        return t.read('a.b')\n")) == [("a.b", 3, 23)]
    assert names(parse("def f(t): return t.read('a.b')\nbuild = f\n")) == [("a.b", 1, 25)]
    nested = "def build(t):\n    def inner(c):\n        return c.read('a.b'), t.read('c.d')\n    return inner(t)\n"
    assert names(parse(nested)) == [("a.b", 3, 23), ("c.d", 3, 38)]
    assert names(parse("def build(t): return 1\ndef build(u): return u.read('a.b')\n")) == [("a.b", 2, 29)]
    assert len(parse("build = make()\n")["escapes"]) == 1


def test_bounds_and_the_time_of_the_run():
    found = parse("def build(t):\n    return f(t.start), t.end\n")
    assert (found["bounds"], found["now"]) == ({"line": 2, "column": 14}, False)
    assert parse("def build(t):\n    return t.now\n")["now"] is True
    assert parse("def build(t):\n    return t.read('a.b')\n")["bounds"] is None


def test_modules_that_may_come_later(tmp_path):
    (tmp_path / "lib").mkdir()
    text = "from lib import rules\nimport numpy\ndef build(t): pass\n"
    found = parse(text, tmp_path)
    assert (found["imports"], found["modules"]) == ([], ["numpy"])
    assert {"lib.py", "lib/__init__.py", "lib/rules.py", "lib/rules/__init__.py"} <= set(found["absent"])
    (tmp_path / "lib" / "rules.py").write_text("")
    later = parse(text, tmp_path)
    assert later["imports"] == ["lib/rules.py"] and "lib/rules.py" not in later["absent"]
    assert later["canonical"] != found["canonical"]


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
