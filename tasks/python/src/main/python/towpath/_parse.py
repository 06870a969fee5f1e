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
    calls ``t.read("name", columns=[...])``), ``dynamic`` (places of reads that are not literal), ``params`` (the literal
    calls ``t.param("name")``), ``dynamic_params`` (whether there are others), ``imports`` (the project's own files that
    it imports, directly or not), ``modules`` (other modules, outside of the standard library),
    ``canonical`` (a hash of the syntax trees of the file and its imports, without positions and docstrings) and
    ``error`` (``message``, ``line``, ``column``; null). Columns count code points from 1.
    """
    answer = {
        "file": file,
        "build": None,
        "reads": [],
        "dynamic": [],
        "params": [],
        "dynamic_params": False,
        "imports": [],
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
    found = find_entry(tree, entry)
    if found is not None:
        node, parameters = found
        answer["build"] = dict(places.of(node, name=entry), parameters=parameters)
    reads = Reads(tree, places, entry)
    answer["reads"] = reads.literal
    answer["dynamic"] = reads.dynamic
    answer["params"] = reads.params
    answer["dynamic_params"] = reads.dynamic_params
    imports = Imports(root)
    imports.follow(file, tree)
    answer["imports"] = sorted(imports.files)
    answer["modules"] = sorted(imports.modules)
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


class Reads:
    """What a module asks its ``t`` for: in its entry, and in functions of the same file that it hands ``t`` to."""

    def __init__(self, tree, places, entry):
        self.places = places
        self.literal = []
        self.dynamic = []
        self.params = []
        self.dynamic_params = False
        self.functions = {n.name: n for n in tree.body if isinstance(n, FUNCTIONS)}
        self.seen = set()
        called = self.functions.get(entry)
        if called is not None:
            names = called.args.posonlyargs + called.args.args
            if names:
                self.visit_function(called, names[0].arg)
        else:
            for node in tree.body:
                if isinstance(node, ast.Assign) and any(is_name(t, entry) for t in node.targets):
                    if isinstance(node.value, ast.Lambda) and node.value.args.args:
                        self.visit(node.value, {node.value.args.args[0].arg})
        key = lambda r: (r["line"], r["column"])  # noqa: E731
        self.literal.sort(key=key)
        self.dynamic.sort(key=key)
        self.params.sort(key=key)

    def visit_function(self, function, context):
        if (function.name, context) in self.seen:
            return
        self.seen.add((function.name, context))
        names = {context}
        for statement in function.body:
            self.visit(statement, names)

    def visit(self, node, context):
        """Looks for reads below a node; ``context`` are the names that stand for ``t`` there."""
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Call):
            if is_asked(node.func, context, "read"):
                self.read(node)
                children = list(node.args) + [k.value for k in node.keywords]
            elif is_asked(node.func, context, "param"):
                self.param(node)
                children = list(node.args) + [k.value for k in node.keywords]
            else:
                self.call(node, context)
        elif is_asked(node, context, "read"):  # `read = t.read`: who knows what it is called with
            self.dynamic.append(self.places.of(node))
            return
        elif is_asked(node, context, "param") or is_asked(node, context, "params"):
            self.dynamic_params = True
        elif isinstance(node, ast.Assign) and is_one_of(node.value, context):  # `context = t`
            context.update(t.id for t in node.targets if isinstance(t, ast.Name))
        for child in children:
            self.visit(child, context)

    def call(self, node, context):
        function = self.functions.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if function is None:
            return
        names = [a.arg for a in function.args.posonlyargs + function.args.args]
        for position, argument in enumerate(node.args):
            if is_one_of(argument, context) and position < len(names):
                self.visit_function(function, names[position])
        for keyword in node.keywords:
            if is_one_of(keyword.value, context) and keyword.arg:
                self.visit_function(function, keyword.arg)

    def param(self, node):
        arguments = dict(zip(("name", "default"), node.args))
        arguments.update((k.arg, k.value) for k in node.keywords if k.arg)
        name = arguments.get("name")
        if is_text(name):
            self.params.append(dict(self.places.of(name), name=name.value))
        else:
            self.dynamic_params = True

    def read(self, node):
        arguments = dict(zip(("name", "columns"), node.args))
        arguments.update((k.arg, k.value) for k in node.keywords if k.arg)
        name = arguments.get("name")
        if not is_text(name):
            self.dynamic.append(self.places.of(node))
            return
        columns = None
        listed = arguments.get("columns")
        if isinstance(listed, (ast.List, ast.Tuple)) and all(is_text(e) for e in listed.elts):
            columns = [dict(self.places.of(e), name=e.value) for e in listed.elts]
        self.literal.append(dict(self.places.of(name), name=name.value, columns=columns))


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
        for length in range(1, len(parts) + 1):
            path = "/".join(parts[:length])
            for candidate in (path + ".py", path + "/__init__.py"):
                if os.path.isfile(os.path.join(self.root, candidate)):
                    own = True
                    self.add(candidate)
            own = own or os.path.isdir(os.path.join(self.root, path))
        if not own and not only_own and parts[0] not in self.standard:
            self.modules.add(parts[0])
        return own

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
