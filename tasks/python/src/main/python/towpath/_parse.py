"""Reads Python models, and figures of dashboards, without running them.

Started once for a whole project, isolated (``python -I``): one JSON document a line comes in on stdin,
``{"file", "text", "entry"}``, and one goes out on stdout for each; see :func:`parse`. It needs nothing but the standard library,
and none of this package, since an isolated interpreter does not find it.
"""

import ast
import difflib
import hashlib
import json
import os
import sys

MAX_IMPORTED = 500


def parse(file, text, root=".", entry="build"):
    """What one text says whose function of the name ``entry`` will be called.

    Returns a dict: ``build`` (that function: ``line``, ``column``, ``parameters``; null when there is none), ``reads`` (the literal
    calls ``t.read("name", columns=[...])``), ``dynamic`` (places of reads that are not literal), ``escapes`` (places where
    ``t`` goes to somebody who cannot be followed), ``wrong`` (what cannot go well, whatever the project has: ``message``,
    ``hint``, ``line``, ``column``), ``near`` (a function whose name is nearly ``entry``; null), ``params`` (the literal calls ``t.param("name")``), ``dynamic_params``
    (whether there may be others), ``bounds`` (where ``t.start`` or ``t.end`` is asked for first; null), ``now`` (whether
    ``t.now`` is), ``imports`` (the project's own files that it imports, directly or not), ``absent`` (files that would be
    imported, too, if they were there), ``modules`` (other modules, outside of the standard library),
    ``canonical`` (a hash of the syntax trees of the file and its imports, without positions and docstrings) and
    ``error`` (``message``, ``line``, ``column``; null). Columns count code points from 1.
    """
    answer = {
        "file": file,
        "build": None,
        "reads": [],
        "dynamic": [],
        "escapes": [],
        "wrong": [],
        "near": None,
        "params": [],
        "dynamic_params": False,
        "bounds": None,
        "now": False,
        "imports": [],
        "absent": [],
        "modules": [],
        "canonical": "",
        "error": None,
    }
    try:
        tree = ast.parse(text, filename=file)
    except SyntaxError as e:
        answer["error"] = {"message": e.msg, "line": e.lineno or 1, "column": max(e.offset or 1, 1)}
        return answer
    except (ValueError, RecursionError, MemoryError) as e:
        message = str(e) or "it is nested too deeply"
        answer["error"] = {"message": message, "line": 1, "column": 1}
        return answer
    places = Places(text)
    build = find_entry(tree, entry)
    if build is not None:
        node, parameters = build
        answer["build"] = dict(places.of(node, name=entry), parameters=parameters)
    else:
        functions = {n.name: n for n in top_level(tree.body) if isinstance(n, FUNCTIONS)}
        near = nearest(entry, functions)
        if near is not None:
            answer["near"] = dict(places.of(functions[near], name=near), name=near)
    imports = Imports(root)
    imports.follow(file, tree)
    answer["imports"] = sorted(imports.files)
    answer["modules"] = sorted(imports.modules)
    answer["absent"] = sorted(imports.absent)
    reads = Reads(file, tree, build[0] if build is not None else None, entry, places, imports)
    answer["reads"] = reads.literal
    answer["dynamic"] = reads.dynamic
    answer["escapes"] = reads.escapes
    answer["wrong"] = reads.wrong
    answer["params"] = reads.params
    answer["dynamic_params"] = reads.dynamic_params
    answer["bounds"] = reads.bounds
    answer["now"] = reads.now
    digest = hashlib.sha256(canonical(tree).encode("utf-8", "surrogatepass"))
    for name in sorted(imports.files):
        digest.update(("\0%s\0%s" % (name, imports.files[name])).encode("utf-8", "surrogatepass"))
    answer["canonical"] = digest.hexdigest()
    return answer


class Places:
    """Turns the byte offsets of a syntax tree into columns."""

    def __init__(self, text):
        # The parser's own lines: \f and \x1c end none, unlike in str.splitlines.
        self.lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def attribute(self, node):
        """Of the name behind the point."""
        line = self.lines[node.end_lineno - 1] if node.end_lineno <= len(self.lines) else ""
        before = line.encode("utf-8", "surrogatepass")[: node.end_col_offset]
        return {"line": node.end_lineno, "column": len(before.decode("utf-8", "replace")) - len(node.attr) + 1}

    def of(self, node, name=None):
        line = self.lines[node.lineno - 1] if node.lineno <= len(self.lines) else ""
        before = line.encode("utf-8", "surrogatepass")[: node.col_offset]
        column = len(before.decode("utf-8", "replace"))
        if name is not None:  # a definition starts at its keyword; the name is what a person looks for
            found = line.find(name, column)
            column = found if found >= 0 else column
        return {"line": node.lineno, "column": column + 1}


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def find_entry(tree, entry):
    """The last binding of a name at the top of the module, with the names of its parameters (null: not a def)."""
    found = None
    for node in top_level(tree.body):
        if isinstance(node, FUNCTIONS) and node.name == entry:
            kind = "async" if isinstance(node, ast.AsyncFunctionDef) else None
            found = (node, ["async"] if kind else parameters_of(node.args))
        elif isinstance(node, ast.Assign) and any(is_name(t, entry) for t in node.targets):
            lambda_ = node.value if isinstance(node.value, ast.Lambda) else None
            found = (node, parameters_of(lambda_.args) if lambda_ else None)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            if any((a.asname or a.name) == entry for a in node.names):
                found = (node, None)
    return found


def top_level(body):
    """Statements of a module, also those in ``if`` and ``try``."""
    for node in body:
        yield node
        for part in ("body", "orelse", "handlers", "finalbody"):
            if isinstance(node, (ast.If, ast.Try, ast.With, ast.ExceptHandler)):
                yield from top_level(getattr(node, part, []))


def parameters_of(args):
    names = [a.arg for a in args.posonlyargs + args.args]
    if args.vararg:
        names.append("*" + args.vararg.arg)
    names += [a.arg for a in args.kwonlyargs]
    if args.kwarg:
        names.append("**" + args.kwarg.arg)
    return names


def is_name(node, name):
    return isinstance(node, ast.Name) and node.id == name


class Module:
    """A file's functions, and what its imports call other modules and their members."""

    def __init__(self, file, tree):
        self.file = file
        self.functions = {}  # name -> the definitions that it may be; methods are none
        self.names = {}  # name -> (module, member or None)
        self.hidden = {}  # function -> names that are something else in it than at the top: its own, and those around it
        self.rebound = stored(tree)
        self.collect(tree, set(), False)

    def collect(self, node, hidden, method):
        for child in ast.iter_child_nodes(node):
            around = hidden
            if isinstance(child, FUNCTIONS + (ast.Lambda,)):
                around = self.hidden[child] = (hidden | stored(child)) - declared(child, ast.Global)
                self.rebound |= stored(child) & declared(child, ast.Global)
            if isinstance(child, FUNCTIONS) and not method:
                self.functions.setdefault(child.name, []).append(child)
            elif isinstance(child, ast.Import):
                for alias in child.names:
                    name = alias.asname or alias.name.split(".")[0]
                    self.imported(name, (alias.name if alias.asname else name, None))
            elif isinstance(child, ast.ImportFrom) and child.module and not child.level:
                for alias in child.names:
                    self.imported(alias.asname or alias.name, (child.module, alias.name))
            self.collect(child, around, isinstance(child, ast.ClassDef))

    def imported(self, name, what):
        if self.names.setdefault(name, what) != what:
            self.rebound.add(name)


class Names:
    """The names that stand for ``t`` at a place. Those in ``loose`` may be something else by then."""

    def __init__(self, names=(), loose=()):
        self.names = set(names)
        self.loose = set(loose)
        self.ended = False  # nobody gets here: after a return

    def __contains__(self, name):
        return name in self.names

    def copy(self):
        copied = Names(self.names, self.loose)
        copied.ended = self.ended
        return copied

    def same(self, other):
        return (self.names, self.loose) == (other.names, other.loose)

    def become(self, other):
        self.names, self.loose, self.ended = set(other.names), set(other.loose), other.ended

    def add(self, name, loose):
        if name not in self.names and loose:
            self.loose.add(name)
        elif not loose:
            self.loose.discard(name)
        self.names.add(name)

    def drop(self, names):
        self.names -= names
        self.loose -= names

    def loosen(self, names):
        self.loose |= self.names & names


def joined(before, *ways):
    """What holds where several ways meet that parted before."""
    met = Names()
    met.ended = all(way.ended for way in ways)
    for way in ways:
        if met.ended or not way.ended:
            met.names |= way.names
            met.loose |= way.loose | (before.names - way.names)
    met.loose &= met.names
    return met


class Frame:
    """A function while it is visited."""

    def __init__(self, node=None, hidden=()):
        self.hidden = hidden
        self.declared = declared(node, (ast.Global, ast.Nonlocal)) if node is not None else set()
        self.closures = []  # functions in it that were visited, with the names that they have from it
        self.caught = []  # what the handlers of the try statements around may find, and what stood for `t` before
        self.loops = []  # what leaves the loops around, or begins them anew: (breaks, continues)
        self.in_class = False


KNOWN = {"read", "param", "params", "start", "end", "now", "log", "name"}
READ = ("name", "columns")
HARMLESS = {"print", "repr", "str", "type", "isinstance", "id", "hash", "bool", "format"}
LOGGED = {"debug", "info", "warning", "error", "critical", "exception"}
DECORATORS = {  # what they make of a function calls it with what they are given, and nobody else
    ("functools", "cache"),
    ("functools", "lru_cache"),
    ("functools", "wraps"),
    ("contextlib", "contextmanager"),
    ("typing", "no_type_check"),
}
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
TRIES = (ast.Try, getattr(ast, "TryStar", ast.Try))


class Reads:
    """What a text asks its ``t`` for: in its entry, and in functions of the project that it hands ``t`` to.

    What a function of another file asks for is told where the model hands ``t`` to it.
    """

    def __init__(self, file, tree, build, entry, places, imports):
        self.entry = entry
        self.places = places
        self.imports = imports
        self.literal = []
        self.dynamic = []
        self.escapes = []
        self.wrong = []
        self.params = []
        self.dynamic_params = False
        self.bounds = None
        self.now = False
        self.seen = set()
        self.module = Module(file, tree)
        self.set = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and not isinstance(n.ctx, ast.Load)}
        self.site = None  # where the model calls into another file
        self.frame = Frame()
        if build is not None:
            self.start(build)
        key = lambda r: (r["line"], r["column"])  # noqa: E731
        for found in (self.literal, self.dynamic, self.escapes, self.wrong, self.params):
            found.sort(key=key)

    def start(self, build):
        if isinstance(build, FUNCTIONS):
            names = build.args.posonlyargs + build.args.args
            if names:
                self.visit_function(build, names[0].arg, False)
        elif isinstance(build, ast.Assign) and isinstance(build.value, ast.Lambda):
            names = build.value.args.posonlyargs + build.value.args.args
            if names:
                self.enter(build.value, Names({names[0].arg}))
        else:
            name = build.value if isinstance(build, ast.Assign) else ast.Name(id=self.entry, ctx=ast.Load())
            self.hand_on(name, build, 0, False)

    def at(self, node):
        return dict(self.site) if self.site is not None else self.places.of(node)

    def visit_function(self, function, name, loose):
        """Visits a function whose parameter of that name is ``t``."""
        key = (self.module.file, function.lineno, function.col_offset, name, loose)
        if key in self.seen:
            return
        self.seen.add(key)
        for decorator in function.decorator_list:
            if not self.is_harmless(decorator):
                self.escape(decorator, loose)
        self.enter(function, Names({name}, {name} if loose else ()))

    def enter(self, function, context):
        around = self.frame
        self.frame = Frame(function, self.module.hidden.get(function, ()))
        self.each(function.body if isinstance(function.body, list) else [function.body], context)
        self.frame = around

    def visit(self, node, context):
        """Looks for reads below a node; ``context`` are the names that stand for ``t`` there."""
        if isinstance(node, ast.Name):
            if node.id in context and isinstance(node.ctx, ast.Load):
                self.escape(node, node.id in context.loose)
        elif isinstance(node, ast.Call):
            self.call(node, context)
        elif isinstance(node, ast.Subscript) and is_asked(node.value, context, "params") and is_text(node.slice):
            tell(self.params, dict(self.at(node.slice), name=node.slice.value))
        elif isinstance(node, ast.Attribute) and is_one_of(node.value, context):
            self.asked(node, node.value.id in context.loose)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            self.assign(node, context)
        elif isinstance(node, ast.AugAssign):
            self.each([node.value, node.target], context)
            self.rebind(context, stored(node.target))
        elif isinstance(node, ast.NamedExpr):
            self.visit(node.value, context)
            context.loosen({node.target.id})
        elif isinstance(node, ast.Delete):
            self.each([n for n in node.targets if not isinstance(n, ast.Name)], context)
            self.rebind(context, {n.id for n in node.targets if isinstance(n, ast.Name)})
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self.rebind(context, {a.asname or a.name.split(".")[0] for a in node.names})
        elif isinstance(node, ast.Compare):
            self.each([n for n in [node.left] + node.comparators if not is_one_of(n, context)], context)
        elif isinstance(node, ast.FormattedValue) and is_one_of(node.value, context):
            return
        elif isinstance(node, FUNCTIONS + (ast.Lambda,)):
            self.each(node.args.defaults + [d for d in node.args.kw_defaults if d is not None], context)
            self.each(getattr(node, "decorator_list", []), context)
            if isinstance(node, FUNCTIONS):
                self.rebind(context, {node.name})
            self.closure(node, context)
        elif isinstance(node, ast.ClassDef):
            self.class_(node, context)
        elif isinstance(node, COMPREHENSIONS):
            self.closure(node, context)
        elif isinstance(node, (ast.stmt, ast.IfExp, ast.UnaryOp)):
            self.control(node, context)
        else:
            for child in ast.iter_child_nodes(node):  # not `each`: it is about depth
                self.visit(child, context)

    def control(self, node, context):
        """Statements and expressions that part ways."""
        if isinstance(node, ast.If):
            self.test(node.test, context)
            self.ways(context, node.body, node.orelse)
        elif isinstance(node, ast.IfExp):
            self.test(node.test, context)
            self.each([node.body, node.orelse], context)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            self.test(node.operand, context)
        elif isinstance(node, ast.Assert):
            self.test(node.test, context)
            if node.msg is not None:
                self.visit(node.msg, context)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            self.loop(node, context)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                self.visit(item.context_expr, context)
                if item.optional_vars is not None:
                    self.visit(item.optional_vars, context)
                    self.rebind(context, stored(item.optional_vars))
            self.each(node.body, context)
        elif isinstance(node, TRIES):
            self.try_(node, context)
        elif type(node).__name__ == "Match":
            self.match(node, context)
        else:
            self.each(ast.iter_child_nodes(node), context)
            if isinstance(node, (ast.Return, ast.Raise)):
                context.ended = True
            elif isinstance(node, (ast.Break, ast.Continue)) and self.frame.loops:
                self.frame.loops[-1][isinstance(node, ast.Continue)].append(context.copy())
                context.ended = True

    def each(self, nodes, context):
        for node in nodes:
            self.visit(node, context)

    def ways(self, context, *bodies):
        ends = []
        for body in bodies:
            end = context.copy()
            for node in body:
                self.visit(node, end)
            ends.append(end)
        context.become(joined(context, *ends))

    def test(self, node, context):
        """An expression that is only asked whether it is true."""
        if isinstance(node, ast.BoolOp):
            for value in node.values:
                self.test(value, context)
        elif not is_one_of(node, context):
            self.visit(node, context)

    def assign(self, node, context):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if node.value is None:  # `t: object`
            return
        if not is_one_of(node.value, context):
            self.each([node.value] + targets, context)
            self.rebind(context, {name for target in targets for name in stored(target)})
            return
        loose = node.value.id in context.loose
        for target in targets:  # `context = t`
            if isinstance(target, ast.Name) and not self.frame.in_class and target.id not in self.frame.declared:
                self.alias(context, target.id, loose)
            else:
                self.escape(node.value, loose)
                self.visit(target, context)

    def alias(self, context, name, loose):
        context.add(name, loose)
        for caught, _ in self.frame.caught:
            caught.add(name, loose)
        for node, names in list(self.frame.closures):  # they may be called, or called again, from here on
            if name not in names or (name in names.loose and not loose):
                names.add(name, loose)
                self.enclosed(node, names.copy())

    def rebind(self, context, names):
        """`t = t.read("a.b")`: it is something else from here on."""
        context.drop(names)
        for caught, before in self.frame.caught:
            caught.loosen(names & before)

    def closure(self, node, context):
        names = Names(context.names, context.loose)
        self.frame.closures.append((node, names))
        self.enclosed(node, names.copy())

    def enclosed(self, node, context):
        """A function in a function, or what is like one."""
        if isinstance(node, COMPREHENSIONS):
            for part in node.generators:
                self.visit(part.iter, context)
                context.drop(stored(part.target))
                for condition in part.ifs:
                    self.test(condition, context)
            self.each([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt], context)
            return
        own = {n.lstrip("*") for n in parameters_of(node.args)}
        if isinstance(node, FUNCTIONS):
            own |= stored(node, False) - declared(node, (ast.Global, ast.Nonlocal))
        context.drop(own)
        self.enter(node, context)

    def class_(self, node, context):
        self.each(node.decorator_list + node.bases + node.keywords, context)
        around, self.frame.in_class = self.frame.in_class, True
        self.each(node.body, context.copy())
        self.frame.in_class = around
        self.rebind(context, {node.name})

    def loop(self, node, context):
        each = not isinstance(node, ast.While)
        if each:
            self.visit(node.iter, context)
            self.visit(node.target, context)
        head = context.copy()
        while True:  # until what the end of the body leaves to its start is known
            inside = head.copy()
            if each:
                self.rebind(inside, stored(node.target))
            else:
                self.test(node.test, inside)
            breaks, continues = [], []
            self.frame.loops.append((breaks, continues))
            self.each(node.body, inside)
            self.frame.loops.pop()
            again = joined(head, head, inside, *continues)
            if again.same(head):
                break
            head = again
        self.each(node.orelse, head)
        context.become(joined(context, head, *breaks))

    def try_(self, node, context):
        caught, anywhere = context.copy(), context.copy()
        before = set(context.names)
        self.frame.caught += [(anywhere, before), (caught, before)]
        body = context.copy()
        self.each(node.body, body)
        self.frame.caught.pop()
        self.each(node.orelse, body)
        ends = [body]
        for handler in node.handlers:
            end = caught.copy()
            if handler.type is not None:
                self.visit(handler.type, end)
            self.rebind(end, {handler.name})
            self.each(handler.body, end)
            self.rebind(end, {handler.name})
            ends.append(end)
        self.frame.caught.pop()
        context.become(joined(context, *ends))
        self.each(node.finalbody, anywhere)
        self.each(node.finalbody, context)

    def match(self, node, context):
        self.visit(node.subject, context)
        ends = []
        for case in node.cases:
            names = {getattr(n, "name", None) or getattr(n, "rest", None) for n in ast.walk(case.pattern)}
            end = context.copy()
            self.rebind(end, names)
            if case.guard is not None:
                self.test(case.guard, end)
            self.each(case.body, end)
            ends.append(end)
            context.loosen(names)
        context.become(joined(context, context, *ends))

    def asked(self, node, loose):
        """`t.attribute` that is not called."""
        if node.attr == "read":  # `read = t.read`: who knows what it is called with
            tell(self.dynamic, self.at(node))
        elif node.attr in ("param", "params"):
            self.dynamic_params = True
        elif node.attr in ("start", "end"):
            self.bounds = self.bounds or self.at(node)
        elif node.attr == "now":
            self.now = True
        elif node.attr not in KNOWN:
            if loose or node.attr.startswith("_") or node.attr in self.set:
                self.escape(node, loose)
            else:
                near = nearest(node.attr, KNOWN)
                hint = 'did you mean "%s"?' % near if near else "it has %s" % ", ".join(sorted(KNOWN))
                self.mistake(self.places.attribute(node), 't has no "%s"' % node.attr, hint)

    def mistake(self, place, message, hint):
        tell(self.wrong, dict(self.site or place, message=message, hint=hint))

    def escape(self, node, loose):
        """Somebody has ``t`` whose doings are not followed."""
        self.dynamic_params = True
        if not loose:
            tell(self.escapes, self.at(node))

    def call(self, node, context):
        arguments = list(node.args) + [k.value for k in node.keywords]
        if is_asked(node.func, context, "read"):
            self.read(node, node.func.value.id in context.loose)
        elif is_asked(node.func, context, "param"):
            self.param(node)
        else:
            handed = [(i, a) for i, a in enumerate(node.args) if is_one_of(a, context)]
            handed += [(k.arg, k.value) for k in node.keywords if is_one_of(k.value, context)]
            starred = any(isinstance(a, ast.Starred) for a in node.args)
            logs = is_asked(node.func, context, "log")
            for where, argument in handed:
                if logs or self.only_looks(node.func):
                    continue
                if starred or where is None:
                    self.escape(argument, argument.id in context.loose)
                else:
                    self.hand_on(node.func, argument, where, argument.id in context.loose)
            arguments = [a for a in arguments if not is_one_of(a, context)]
            if not logs:
                self.visit(node.func, context)
        self.each(arguments, context)

    def only_looks(self, callee):
        """Whether it is a function of Python's that asks nothing of what it is given."""
        if isinstance(callee, ast.Attribute):
            return callee.attr in LOGGED and self.standard(callee) == ("logging", callee.attr)
        return isinstance(callee, ast.Name) and callee.id in HARMLESS and not self.is_own(callee.id)

    def is_own(self, name):
        """Whether the file, or the function, gives a name a meaning of its own."""
        module = self.module
        return name in self.frame.hidden or name in module.rebound or name in module.functions or name in module.names

    def standard(self, node):
        """The module and the name of what is imported from elsewhere; null when it is not."""
        base = node.value if isinstance(node, ast.Attribute) else node
        if not isinstance(base, ast.Name) or self.is_hidden(base.id) or base.id in self.module.functions:
            return None
        name, member = self.module.names.get(base.id, ("", None))
        if not name or self.imports.own(name) is not None or (member is None) != isinstance(node, ast.Attribute):
            return None
        return (name, member or node.attr)

    def is_hidden(self, name):
        return name in self.frame.hidden or name in self.module.rebound

    def is_harmless(self, decorator):
        return self.standard(decorator.func if isinstance(decorator, ast.Call) else decorator) in DECORATORS

    def hand_on(self, callee, argument, where, loose):
        """Follows ``t`` into a function, as its parameter of that position or name."""
        module, functions = self.functions_of(callee)
        if not functions:
            self.escape(argument, loose)
        here = (self.module, self.site)
        if module is not self.module:
            self.site = self.at(argument)
            self.module = module
        for function in functions:
            names = [a.arg for a in function.args.posonlyargs + function.args.args]
            if isinstance(where, str):
                known = where in names + [a.arg for a in function.args.kwonlyargs]
            else:
                known = where < len(names)
            if known:
                self.visit_function(function, where if isinstance(where, str) else names[where], loose)
            else:  # *arguments
                self.escape(argument, loose)
        self.module, self.site = here

    def functions_of(self, callee):
        """The module and the definitions that an expression may stand for; none when nobody can tell."""
        parts = []
        while isinstance(callee, ast.Attribute):
            parts.insert(0, callee.attr)
            callee = callee.value
        if not isinstance(callee, ast.Name) or self.is_hidden(callee.id):
            return self.module, []
        own = self.module.functions.get(callee.id, [])
        if callee.id not in self.module.names:
            return self.module, ([] if parts else own)
        if own:  # it is one or the other
            return self.module, []
        name, member = self.module.names[callee.id]
        dotted = name.split(".") + ([member] if member else []) + parts
        module = self.imports.own(".".join(dotted[:-1]))
        if module is None or dotted[-1] in module.rebound or dotted[-1] in module.names:
            return self.module, []
        return module, module.functions.get(dotted[-1], [])

    def param(self, node):
        arguments = dict(zip(("name", "default"), node.args))
        arguments.update((k.arg, k.value) for k in node.keywords if k.arg)
        name = arguments.get("name")
        if is_text(name):
            tell(self.params, dict(self.at(name), name=name.value))
        else:
            self.dynamic_params = True

    def is_read(self, node):
        """Whether a call of ``t.read`` has what it takes; otherwise it is told."""
        if not node.args and not node.keywords:
            self.mistake(self.places.of(node), "t.read needs the name of a table", 'write t.read("schema.table")')
            return False
        for word in node.keywords:
            if word.arg is not None and word.arg not in READ:
                near = nearest(word.arg, READ)
                hint = 'did you mean "%s"?' % near if near else "it takes name and columns"
                self.mistake(self.places.of(word), 't.read takes no "%s"' % word.arg, hint)
                return False
        columns = dict(zip(READ, node.args), **{k.arg: k.value for k in node.keywords if k.arg}).get("columns")
        if columns is not None and is_text(columns):
            self.mistake(self.places.of(columns), "columns is a list, not a text", 'write columns=["%s"]' % columns.value)
            return False
        return True

    def read(self, node, loose):
        arguments = dict(zip(("name", "columns"), node.args))
        arguments.update((k.arg, k.value) for k in node.keywords if k.arg)
        if not loose and not self.is_read(node):
            return
        name = arguments.get("name")
        if not is_text(name):
            if not loose or not (isinstance(name, ast.Constant) or not node.args + node.keywords):  # `file.read()`
                tell(self.dynamic, self.at(node))
            return
        columns = None
        listed = arguments.get("columns")
        if isinstance(listed, (ast.List, ast.Tuple)) and all(is_text(e) for e in listed.elts):
            columns = [dict(self.at(e), name=e.value) for e in listed.elts]
        tell(self.literal, dict(self.at(name), name=name.value, columns=columns))


def nearest(name, names):
    found = difflib.get_close_matches(name, sorted(names), 1, 0.6)
    return found[0] if found else None


def tell(found, place):
    if place not in found:  # loops and functions may be visited several times
        found.append(place)


def own_nodes(node, comprehensions=True):
    """What is below a node and not in a function or class in it."""
    apart = FUNCTIONS + (ast.Lambda, ast.ClassDef) + (() if comprehensions else COMPREHENSIONS)
    todo = [node]
    while todo:
        for child in ast.iter_child_nodes(todo.pop()):
            yield child
            if not isinstance(child, apart):
                todo.append(child)


def stored(node, comprehensions=True):
    """The names that a node, or the function that it is, sets, other than by ``def`` and ``import``."""
    names = {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else set()
    for n in own_nodes(node, comprehensions):
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
            names.add(n.id)
        elif isinstance(n, ast.arg) and isinstance(node, FUNCTIONS + (ast.Lambda,)):
            names.add(n.arg)
        elif isinstance(n, (ast.ExceptHandler, ast.ClassDef)) or type(n).__name__ in ("MatchAs", "MatchStar"):
            names.add(n.name)
        elif type(n).__name__ == "MatchMapping":
            names.add(n.rest)
    return names - {None}


def declared(function, kinds):
    return {name for n in own_nodes(function) if isinstance(n, kinds) for name in n.names}


def is_asked(node, context, attribute):
    return isinstance(node, ast.Attribute) and node.attr == attribute and is_one_of(node.value, context)


def is_one_of(node, names):
    return isinstance(node, ast.Name) and node.id in names


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


class Imports:
    """Follows imports to the project's own files, and collects the names of other modules."""

    def __init__(self, root):
        self.root = root
        self.files = {}  # path -> canonical text of its tree
        self.trees = {}  # path -> tree, of those that parse
        self.absent = set()
        self.modules = set()
        self.standard = getattr(sys, "stdlib_module_names", set(sys.builtin_module_names))

    def follow(self, file, tree):
        package = os.path.dirname(file)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self.module(alias.name)
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    folder = package
                    for _ in range(node.level - 1):
                        folder = os.path.dirname(folder)
                    base = ".".join(p for p in (folder.replace("/", "."), base) if p)
                if self.module(base) or node.level:
                    for alias in node.names:  # `from package import module`
                        self.module(base + "." + alias.name, only_own=True)

    def module(self, name, only_own=False):
        """Whether it is the project's own."""
        if not name or name.split(".")[0] == "towpath":
            return False
        parts = name.split(".")
        own = False
        absent = []
        for length in range(1, len(parts) + 1):
            path = "/".join(parts[:length])
            for candidate in (path + ".py", path + "/__init__.py"):
                if os.path.isfile(os.path.join(self.root, candidate)):
                    own = True
                    self.add(candidate)
                else:
                    absent.append(candidate)
            own = own or os.path.isdir(os.path.join(self.root, path))
        if own and len(self.absent) < MAX_IMPORTED:
            self.absent.update(absent)
        if not own and not only_own and parts[0] not in self.standard:
            self.modules.add(parts[0])
        return own

    def own(self, name):
        """One of the project's own modules that were followed; None when it is none, or does not parse."""
        path = name.replace(".", "/")
        for file in (path + ".py", path + "/__init__.py"):
            if file in self.trees:
                found = self.trees[file]
                if not isinstance(found, Module):
                    found = self.trees[file] = Module(file, found)
                return found
        return None

    def add(self, file):
        if file in self.files or len(self.files) >= MAX_IMPORTED:
            return
        self.files[file] = ""
        try:
            with open(os.path.join(self.root, file), "rb") as source:
                content = source.read()
        except OSError as e:
            self.files[file] = "unreadable: " + str(e.errno)
            return
        try:
            tree = ast.parse(content, filename=file)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # it fails when it is imported; until then its bytes stand for it
            self.files[file] = hashlib.sha256(content).hexdigest()
            return
        self.files[file] = canonical(tree)
        self.trees[file] = tree
        self.follow(file, tree)


def canonical(node):
    """The tree as text that is the same for every version of Python: no positions, no empty fields, no docstrings."""
    parts = []
    write(node, parts)
    return "".join(parts)


def write(node, parts):
    if isinstance(node, ast.AST):
        parts.append("(" + type(node).__name__)
        for field, value in ast.iter_fields(node):
            if value is None and isinstance(node, ast.Constant) and field == "value":
                parts.append(" value=None")
            if field in ("ctx", "kind", "type_comment", "type_ignores") or value is None or value == []:
                continue
            if field == "body" and is_documented(node):
                value = value[1:]
            parts.append(" " + field + "=")
            write(value, parts)
        parts.append(")")
    elif isinstance(node, list):
        parts.append("[")
        for item in node:
            write(item, parts)
            parts.append(" ")
        parts.append("]")
    else:
        parts.append(type(node).__name__ + ":" + repr(node))


def is_documented(node):
    if not isinstance(node, FUNCTIONS + (ast.ClassDef, ast.Module)) or not node.body:
        return False
    first = node.body[0]
    return isinstance(first, ast.Expr) and is_text(first.value)


def main():
    sys.setrecursionlimit(3000)
    root = os.getcwd()
    for line in sys.stdin.buffer:
        order = json.loads(line)
        try:
            answer = parse(order["file"], order["text"], order.get("root", root), order.get("entry", "build"))
        except RecursionError:
            error = {"message": "it is nested too deeply", "line": 1, "column": 1}
            answer = dict(parse(order["file"], ""), error=error)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
