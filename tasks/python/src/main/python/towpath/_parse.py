"""Reads Python models, and figures of dashboards, without running them.

Started once for a whole project, isolated (``python -I``): one JSON document a line comes in on stdin,
``{"file", "text", "entry"}``, and one goes out on stdout for each; see :func:`parse`. It needs nothing but the standard library,
and none of this package, since an isolated interpreter does not find it.
"""

import ast
import hashlib
import json
import os
import sys

MAX_IMPORTED = 500


def parse(file, text, root=".", entry="build"):
    """What one text says whose function of the name ``entry`` will be called.

    Returns a dict: ``build`` (that function: ``line``, ``column``, ``parameters``; null when there is none), ``reads`` (the literal
    calls ``t.read("name", columns=[...])``), ``dynamic`` (places of reads that are not literal), ``escapes`` (places where
    ``t`` goes to somebody who cannot be followed), ``params`` (the literal calls ``t.param("name")``), ``dynamic_params``
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
    imports = Imports(root)
    imports.follow(file, tree)
    answer["imports"] = sorted(imports.files)
    answer["modules"] = sorted(imports.modules)
    answer["absent"] = sorted(imports.absent)
    reads = Reads(file, tree, build[0] if build is not None else None, entry, places, imports)
    answer["reads"] = reads.literal
    answer["dynamic"] = reads.dynamic
    answer["escapes"] = reads.escapes
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
        self.collect(tree)

    def collect(self, node):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, FUNCTIONS):
                self.functions.setdefault(child.name, []).append(child)
            elif isinstance(child, ast.Import):
                for alias in child.names:
                    name = alias.asname or alias.name.split(".")[0]
                    self.names[name] = (alias.name if alias.asname else name, None)
            elif isinstance(child, ast.ImportFrom) and child.module and not child.level:
                for alias in child.names:
                    self.names[alias.asname or alias.name] = (child.module, alias.name)
            if not isinstance(child, ast.ClassDef):
                self.collect(child)


KNOWN = {"read", "param", "params", "start", "end", "now", "log", "name"}
HARMLESS = {"print", "repr", "str", "type", "isinstance", "id", "hash", "bool", "format"}


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
        self.params = []
        self.dynamic_params = False
        self.bounds = None
        self.now = False
        self.seen = set()
        self.module = Module(file, tree)
        self.site = None  # where the model calls into another file
        if build is not None:
            self.start(build)
        key = lambda r: (r["line"], r["column"])  # noqa: E731
        for found in (self.literal, self.dynamic, self.escapes, self.params):
            found.sort(key=key)

    def start(self, build):
        if isinstance(build, FUNCTIONS):
            names = build.args.posonlyargs + build.args.args
            if names:
                self.visit_function(build, names[0].arg)
        elif isinstance(build, ast.Assign) and isinstance(build.value, ast.Lambda):
            names = build.value.args.posonlyargs + build.value.args.args
            if names:
                self.visit(build.value.body, {names[0].arg})
        else:
            name = build.value if isinstance(build, ast.Assign) else ast.Name(id=self.entry, ctx=ast.Load())
            self.hand_on(name, build, 0)

    def at(self, node):
        return dict(self.site) if self.site is not None else self.places.of(node)

    def visit_function(self, function, context):
        if (self.module.file, function.lineno, function.col_offset, context) in self.seen:
            return
        self.seen.add((self.module.file, function.lineno, function.col_offset, context))
        names = {context}
        for statement in function.body:
            self.visit(statement, names)
            if isinstance(statement, ast.Assign) and not is_one_of(statement.value, names):
                for target in statement.targets:  # `t = t.read("a.b")`: it is something else from here on
                    names -= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}

    def visit(self, node, context):
        """Looks for reads below a node; ``context`` are the names that stand for ``t`` there."""
        if not context:
            return
        if isinstance(node, ast.Name):
            if node.id in context and isinstance(node.ctx, ast.Load):
                self.escape(node)
        elif isinstance(node, ast.Call):
            self.call(node, context)
        elif isinstance(node, ast.Attribute) and is_one_of(node.value, context):
            self.asked(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and is_one_of(node.value, context):  # `context = t`
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            context.update(t.id for t in targets if isinstance(t, ast.Name))
            if not all(isinstance(t, ast.Name) for t in targets):
                self.escape(node.value)
        elif isinstance(node, ast.Compare):
            self.each([n for n in [node.left] + node.comparators if not is_one_of(n, context)], context)
        elif isinstance(node, ast.FormattedValue) and is_one_of(node.value, context):
            return
        elif isinstance(node, FUNCTIONS + (ast.Lambda,)):
            self.each(node.args.defaults + [d for d in node.args.kw_defaults if d is not None], context)
            inner = context - {n.lstrip("*") for n in parameters_of(node.args)}
            self.each(node.body if isinstance(node.body, list) else [node.body], inner)
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            inner = set(context)
            for part in node.generators:
                self.visit(part.iter, inner)
                inner -= stored(part.target)
                self.each(part.ifs, inner)
            self.each([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt], inner)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self.visit(node.iter, context)
            context -= stored(node.target)
            self.each(node.body + node.orelse, context)
        else:
            self.each(ast.iter_child_nodes(node), context)

    def each(self, nodes, context):
        for node in nodes:
            self.visit(node, context)

    def asked(self, node):
        """`t.attribute` that is not called."""
        if node.attr == "read":  # `read = t.read`: who knows what it is called with
            self.dynamic.append(self.at(node))
        elif node.attr in ("param", "params"):
            self.dynamic_params = True
        elif node.attr in ("start", "end"):
            self.bounds = self.bounds or self.at(node)
        elif node.attr == "now":
            self.now = True
        elif node.attr not in KNOWN:
            self.escape(node)

    def escape(self, node):
        """Somebody has ``t`` whose doings are not followed."""
        self.escapes.append(self.at(node))
        self.dynamic_params = True

    def call(self, node, context):
        arguments = list(node.args) + [k.value for k in node.keywords]
        if is_asked(node.func, context, "read"):
            self.read(node)
        elif is_asked(node.func, context, "param"):
            self.param(node)
        else:
            handed = [(i, a) for i, a in enumerate(node.args) if is_one_of(a, context)]
            handed += [(k.arg, k.value) for k in node.keywords if is_one_of(k.value, context)]
            starred = any(isinstance(a, ast.Starred) for a in node.args)
            for where, argument in handed:
                if isinstance(node.func, ast.Name) and node.func.id in HARMLESS:
                    continue
                if starred or where is None:
                    self.escape(argument)
                else:
                    self.hand_on(node.func, argument, where)
            arguments = [a for a in arguments if not is_one_of(a, context)]
            if not (isinstance(node.func, ast.Attribute) and is_asked(node.func, context, "log")):
                self.visit(node.func, context)
        self.each(arguments, context)

    def hand_on(self, callee, argument, where):
        """Follows ``t`` into a function, as its parameter of that position or name."""
        module, functions = self.functions_of(callee)
        if not functions:
            self.escape(argument)
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
                self.visit_function(function, where if isinstance(where, str) else names[where])
            else:  # *arguments
                self.escape(argument)
        self.module, self.site = here

    def functions_of(self, callee):
        """The module and the definitions that an expression may stand for; none when nobody can tell."""
        parts = []
        while isinstance(callee, ast.Attribute):
            parts.insert(0, callee.attr)
            callee = callee.value
        if not isinstance(callee, ast.Name):
            return self.module, []
        if not parts and callee.id in self.module.functions:
            return self.module, self.module.functions[callee.id]
        if callee.id not in self.module.names:
            return self.module, []
        name, member = self.module.names[callee.id]
        dotted = name.split(".") + ([member] if member else []) + parts
        module = self.imports.own(".".join(dotted[:-1]))
        return (module or self.module), (module.functions.get(dotted[-1], []) if module else [])

    def param(self, node):
        arguments = dict(zip(("name", "default"), node.args))
        arguments.update((k.arg, k.value) for k in node.keywords if k.arg)
        name = arguments.get("name")
        if is_text(name):
            self.params.append(dict(self.at(name), name=name.value))
        else:
            self.dynamic_params = True

    def read(self, node):
        arguments = dict(zip(("name", "columns"), node.args))
        arguments.update((k.arg, k.value) for k in node.keywords if k.arg)
        name = arguments.get("name")
        if not is_text(name):
            self.dynamic.append(self.at(node))
            return
        columns = None
        listed = arguments.get("columns")
        if isinstance(listed, (ast.List, ast.Tuple)) and all(is_text(e) for e in listed.elts):
            columns = [dict(self.at(e), name=e.value) for e in listed.elts]
        self.literal.append(dict(self.at(name), name=name.value, columns=columns))


def stored(target):
    return {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}


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
