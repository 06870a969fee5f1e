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
    "body", ["t.read(name)", "t.read(f'a.{x}')", "t.read('a' + '.b')", "t.read(*a)", "f(t.read)", "r = t.read"]
)
def test_reads_that_are_not_literal(body):
    found = parse("def build(t):\n    %s\n" % body)
    assert found["reads"] == []
    assert len(found["dynamic"]) == 1 and found["dynamic"][0]["line"] == 2


@pytest.mark.parametrize(
    "body",
    [
        "f(t)", "Rules(t).build()", "functools.partial(f, t)", "list(map(f, [t]))", "self.t = t", "a, b = 1, t", "x = [t]",
        "return t", "yield t", "global T; T = t", "class A: x = t", "assert x, t", "logging.info(t)", "f(*t)", "f(**t)", "getattr(t, 'read')", "numpy.f(t)", "t._other", "g = lambda c=t: c", "(c := t)",
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


@pytest.mark.parametrize(
    "text,line",
    [
        ("@mine\ndef build(t): pass", 1),
        ("def build(t): return f(t)\n@mine.too(1)\ndef f(t): pass", 2),
        ("import functools\ndef build(t):\n    @functools.wraps(f)\n    @mine\n    def f(t): pass\n    f(t)", 4),
        ("def build(t):\n    def f():\n        nonlocal c\n        c = t\n    c = 1", 4),
        ("def rows(t): pass\ndef build(t):\n    rows = x.rows\n    rows(t)", 4),
        ("def rows(t): pass\ndef build(t):\n    for rows in x: rows(t)", 3),
        ("def rows(t): pass\ndef build(t, rows=1):\n    return rows(t)", 3),
        ("def rows(t): pass\ndef build(t):\n    return [rows(t) for rows in x]", 3),
        ("def rows(t): pass\ndef build(t):\n    def rows(t): pass\n    with x as rows: (lambda: rows(t))()", 4),
        ("def rows(t): pass\nrows = cached(rows)\ndef build(t): return rows(t)", 3),
        ("def f(t): pass\nclass f: pass\ndef build(t): return f(t)", 3),
        ("def f(t): pass\ndef build(t):\n    from x import f\n    f(t)", 4),
        ("def f(t):\n    return t._x\ndef format(t):\n    return f(t)\ndef build(t): format(t)", 2),
        ("def build(t):\n    f = lambda: g(c)\n    c = t", 2),
        ("def build(t):\n    def f():\n        def h(): g(c)\n        h()\n    c = t", 3),
        ("def build(t):\n    f = (g(c) for _ in x)\n    c = t", 2),
        ("def build(t):\n    c = 1\n    for _ in x:\n        g(c)\n        c = d\n        d = t", 4),
        ("def build(t):\n    while x:\n        g(c)\n        c = t\n        if y: continue\n        c = 1", 3),
        ("def build(t):\n    try:\n        c = t\n        x()\n        c = 1\n    except E:\n        f(c)", 7),
        ("def build(t):\n    try: c = t\n    finally:\n        f(c)", 4),
        ("def build(t):\n    if x: c = t\n    f(c)", 3),
        ("def build(t):\n    while x:\n        c = t\n        break\n    f(c)", 5),
        ("def build(t):\n    if x:\n        t = 1\n        return t\n    f(t)", 5),
        ("def build(t):\n    x[t] = 1\n    f(t)", 2),
        ("def build(t):\n    def f(): return [t for t in x]\n    g(t)", 3),
    ],
)
def test_a_t_that_is_not_lost_in_silence(text, line):
    found = parse(text + "\n")
    assert found["dynamic_params"] is True
    assert line in [e["line"] for e in found["escapes"]], found["escapes"]


def test_decorators_that_change_nothing():
    found = parse("import functools\n@functools.lru_cache(maxsize=1)\ndef f(t): return t.read('a.b')\ndef build(t): f(t)\n")
    assert (names(found), found["escapes"]) == ([("a.b", 3, 25)], [])
    found = parse("from functools import cache as c\n@c\ndef build(t): return t.read('a.b')\n")
    assert (names(found), found["escapes"]) == ([("a.b", 3, 29)], [])


@pytest.mark.parametrize(
    "body",
    [
        "if x: t = t.read('a.b').to_pandas(); t.dropna()",
        "if x: t = t.read('a.b').to_pandas()\n    t.dropna(); f(t)",
        "if x:\n        t = t.read('a.b')\n    else:\n        t = 1\n    t.read()",
        "t: object = t.read('a.b'); t.dropna()",
        "t.read('a.b')\n    with open('x') as t: t.read()\n    return t",
        "try: t.read('a.b')\n    except E as t: f(t.args)",
        "try: t = t.read('a.b')\n    except E: t = None\n    finally: x()\n    return t",
        "t.read('a.b')\n    if x:\n        for t in y: f(t)\n    t.close()",
        "for _ in x:\n        t = t.read('a.b')\n    t.dropna()",
        "while x:\n        t = t.read('a.b')\n        break\n    f(t)",
        "(t := t.read('a.b')); t.dropna()",
        "if x: t = open(y)\n    t.read(); t.read(10)\n    t.read('a.b')",
        "if x: t = 1\n    h(t)",
        "if x: t = 1\n    c = t\n    c.read('a.b'); c.dropna()",
        "assert t; t.read('a.b')",
        "if not t or x and t: t.read('a.b')",
        "while t: t.read('a.b')",
        "return t.read('a.b') if t else 1",
        "logging.info('%s', t); t.log('%s', t); t.read('a.b')",
        "del x[0]; t.read('a.b'); del t",
        "def g():\n        t = 1\n        return f(t)\n    t.read('a.b')",
        "t = t.read('a.b')\n    def g(): return t.dropna()",
        "import x as t",
    ],
)
def test_a_name_that_may_be_something_else_by_now(body):
    text = "import logging\ndef h(t):\n    t._other(); return t.read('a.b')\ndef build(t):\n    %s\n" % body
    found = parse(text)
    assert (found["escapes"], found["dynamic"]) == ([], [])
    assert [n[0] for n in names(found)] == ([] if "import x" in body else ["a.b"])


def test_reads_by_aliases_that_come_later():
    found = parse("def build(t):\n    f = lambda: c.read('a.b')\n    for _ in x:\n        d.read('c.d')\n        d = c = t\n")
    assert names(found) == [("a.b", 2, 24), ("c.d", 4, 16)]
    assert parse("def build(t):\n    if x: t = 1\n    t.read(y)\n")["dynamic"] == [{"line": 3, "column": 5}]


@pytest.mark.skipif(sys.version_info < (3, 10), reason="no match")
def test_match():
    found = parse("def build(t):\n    match x:\n        case [t, *y] if t: f(t)\n        case _: t.read('a.b')\n    t.x()\n")
    assert (names(found), found["escapes"]) == ([("a.b", 4, 24)], [])
    found = parse("def build(t):\n    match x:\n        case 1: c = t\n        case {**c}: pass\n    f(c)\n")
    assert [e["line"] for e in found["escapes"]] == [5]


def test_deep_loops_do_not_take_long():
    text = "def build(t):\n"
    for i in range(18):
        text += "    " + " " * i + "for x%d in y:\n" % i
    text += "    " + " " * 18 + "f(%s)\n" % ", ".join("c%d" % i for i in range(20))
    text += "    " + " " * 18 + "c0 = c1; c1 = c2; c2 = c3; c3 = t\n"
    assert len(parse(text)["escapes"]) == 4


def test_long_sums_and_choices_are_not_too_deep(tmp_path):
    text = "def build(t):\n    x = %s1\n    if x: pass\n%s    t.read('a.b')\n" % ("1 + " * 900, "    elif x: pass\n" * 900)
    run = subprocess.run(
        [sys.executable, "-I", HELPER], input=json.dumps({"file": "m.py", "text": text}), capture_output=True, text=True, cwd=tmp_path
    )
    assert names(json.loads(run.stdout)) == [("a.b", 904, 12)]


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
        ("t.params['x']", [('x', 2, 14)], False),
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


@pytest.mark.parametrize(
    "line,column,message,hint",
    [
        ('t.raed("a.b")', 3, 't has no "raed"', 'did you mean "read"?'),
        ("x = t.nothing", 7, 't has no "nothing"', "it has end, log, name, now, param, params, read, start"),
        ("t.read()", 1, "t.read needs the name of a table", 'write t.read("schema.table")'),
        ('t.read("a.b", colums=["x"])', 15, 't.read takes no "colums"', 'did you mean "columns"?'),
        ('t.read("a.b", where="x")', 15, 't.read takes no "where"', "it takes name and columns"),
        ('t.read("a.b", columns="x")', 23, "columns is a list, not a text", 'write columns=["x"]'),
        ('t.read("a.b", "x")', 15, "columns is a list, not a text", 'write columns=["x"]'),
    ],
)
def test_what_cannot_go_well(line, column, message, hint):
    found = parse("def build(t):\n    %s\n" % line)
    assert found["wrong"] == [{"line": 2, "column": column + 4, "message": message, "hint": hint}]
    assert found["escapes"] == [] and found["dynamic"] == []


@pytest.mark.parametrize(
    "text",
    [
        "def build(t):\n    t.cache = 1\n    return t.cache",
        "def build(t):\n    return t.__class__",
        'def build(t):\n    return t.read("a.b", **more)',
        'def build(t):\n    return t.read(*names)',
        'def build(t):\n    for t in files:\n        t.readline()',
    ],
)
def test_what_may_go_well(text):
    assert parse(text + "\n")["wrong"] == []


def test_a_parameter_by_its_key():
    found = parse('def build(t):\n    return t.params["least"], t.params.get("most")\n')
    assert [(p["name"], p["line"], p["column"]) for p in found["params"]] == [("least", 2, 21)]
    assert found["dynamic_params"] is True
    assert parse('def build(t):\n    return t.params["least"]\n')["dynamic_params"] is False


def test_a_function_whose_name_is_nearly_right():
    assert parse("import os\ndef biuld(t):\n    pass\n")["near"] == {"line": 2, "column": 5, "name": "biuld"}
    assert parse("def helper(t):\n    pass\n")["near"] is None
    assert parse("def build(t):\n    pass\ndef builds(t):\n    pass\n")["near"] is None
