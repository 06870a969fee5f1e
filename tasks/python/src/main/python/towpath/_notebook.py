"""Executes a notebook with parameters, cell by cell, and keeps the executed copy up to the cell that failed."""

import os
import re
import sys
from typing import Any, Dict, List, Optional, Tuple

from towpath._errors import MissingPackage, TowpathError, packages_file
from towpath._trace import Tracer

COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
CELL = re.compile(r"Cell In\s?\[(\d+)\], line (\d+)")
FILE = re.compile(r"File (.+?):(\d+)(?:, in|$)", re.MULTILINE)
MOST_TEXT = 1 << 20
"""What a cell may print and still have it kept in the executed copy; the log has its own limit."""


class CellFailed(TowpathError):
    """A cell raised an exception; ``file`` and ``line`` are where, in the notebook's file or a module of the project."""

    def __init__(self, message: str, file: str, line: int) -> None:
        super().__init__(message)
        self.place = (file, line)


def need_packages() -> None:
    missing = []
    for name in ("nbclient", "ipykernel"):
        try:
            __import__(name)
        except ImportError:
            missing.append(name)
    if missing:
        raise MissingPackage(
            "a notebook needs the package%s %s" % ("s" if len(missing) > 1 else "", " and ".join(missing)),
            "add to requirements.txt the line%s: %s" % ("s" if len(missing) > 1 else "", ", ".join(missing))
            if packages_file() == "requirements.txt"
            else "add to the dependencies in %s: %s" % (packages_file(), ", ".join(missing)),
        )


def run(order: Dict[str, Any], root: str) -> None:
    """Executes ``notebook`` into ``output_notebook``."""
    need_packages()
    import nbformat

    path = os.path.join(root, order["notebook"])
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        notebook = nbformat.reads(text, as_version=4)
    except Exception as e:
        raise CellFailed("it is no notebook: %s" % first_line(str(e)), order["notebook"], 1) from None
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if language.lower() != "python":
        raise CellFailed("it is a notebook in %s; only Python runs" % language, order["notebook"], 1)
    execute(notebook, Source(order["notebook"], text, notebook.cells), order, root)


class Source:
    """Where the cells stand in the notebook's file, and how they are numbered: from 1, text cells counted, too."""

    def __init__(self, file: str, text: str, cells: List[Any]) -> None:
        self.file = file
        starts = [i for i, line in enumerate(text.split("\n"), 1) if re.match(r'\s*"source":', line)]
        self.starts = starts if len(starts) == len(cells) else []
        self.numbers = {id(cell): n for n, cell in enumerate(cells)}

    def number(self, cell: Any) -> Optional[int]:
        return self.numbers.get(id(cell))

    def line(self, number: int, line: int) -> int:
        """Jupyter writes one line of a cell per line of the file."""
        return self.starts[number] + line if self.starts else 1


def execute(notebook: Any, source: Source, order: Dict[str, Any], root: str) -> None:
    inject(notebook, order.get("params") or {})
    # It works in its folder of the project, where its data is, whatever copy of the files is read.
    folder = os.path.dirname(os.path.join(os.getcwd(), order["notebook"]))
    client = make_client(notebook, folder, order["scratch"])
    ran: Dict[int, Any] = {}
    # The kernel is a process of its own; it finds the package towpath and the project's modules as a script does.
    paths = [sys.path[0], os.path.dirname(os.path.join(root, order["notebook"])), root] + [p for p in [os.environ.get("PYTHONPATH")] if p]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            try:
                client.execute_cell(cell, index)
                error = None
            except Exception as e:
                error = e
            save(notebook, order["output_notebook"])
            if cell.get("execution_count") is not None:
                ran[cell.execution_count] = cell
            if error is not None:
                raise failed(error, cell, ran, source, root) from None


def inject(notebook: Any, params: Dict[str, Any]) -> None:
    """A cell that sets the parameters, after the one tagged ``parameters``, else at the top, as papermill does."""
    import nbformat

    def tags(cell: Any) -> List[str]:
        return cell.metadata.get("tags", [])

    notebook.cells = [c for c in notebook.cells if "injected-parameters" not in tags(c)]
    if not params:
        return
    lines = ["# Parameters of this run"]
    for name, value in params.items():
        lines.append("%s = %r" % (name, value))
    cell = nbformat.v4.new_code_cell("\n".join(lines), metadata={"tags": ["injected-parameters"]})
    if notebook.nbformat_minor < 5:
        cell.pop("id", None)
    at = [i for i, c in enumerate(notebook.cells) if "parameters" in tags(c)]
    notebook.cells.insert(at[0] + 1 if at else 0, cell)


def make_client(notebook: Any, folder: str, scratch: str) -> Any:
    # Nothing of this person's own Jupyter takes part, and no port is opened.
    os.environ["JUPYTER_RUNTIME_DIR"] = scratch
    os.environ["IPYTHONDIR"] = os.path.join(scratch, "ipython")
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    class Specs(KernelSpecManager):  # type: ignore[misc]
        """Whatever kernel a notebook was written with, it runs in the project's Python."""

        def get_kernel_spec(self, kernel_name: str) -> Any:
            argv = [sys.executable, "-X", "utf8", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            argv.append("--HistoryManager.enabled=False")
            return KernelSpec(argv=argv, display_name="Python", language="python")

    class Client(NotebookClient):  # type: ignore[misc]
        """Passes on what cells print as they print it."""

        printed = (-1, 0)

        def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
            content = msg["content"]
            if msg["msg_type"] == "stream":
                text = content.get("text", "")
                sys.stdout.write(text)
                sys.stdout.flush()
                before = self.printed[1] if self.printed[0] == cell_index else 0
                self.printed = (cell_index, before + len(text))
                if before > MOST_TEXT:
                    return None
                if before + len(text) > MOST_TEXT:
                    content["text"] = text[: MOST_TEXT - before] + "\n... the rest is left out here ...\n"
            elif msg["msg_type"] == "execute_result":
                shown = content.get("data", {}).get("text/plain", "")
                print(shown if isinstance(shown, str) else "".join(shown), flush=True)
            return super().output(outs, msg, display_id, cell_index)

    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=Specs())
    manager.transport = "ipc"
    manager.ip = os.path.join(scratch, "k")
    resources = {"metadata": {"path": folder}}
    return Client(notebook, km=manager, resources=resources, timeout=None, startup_timeout=120)


def save(notebook: Any, path: str) -> None:
    """Whole, or as it was: the process may be stopped at any time."""
    import nbformat

    part = path + ".part"
    with open(part, "w", encoding="utf-8") as file:
        file.write(nbformat.writes(notebook) + "\n")
    os.replace(part, path)


def failed(error: Exception, cell: Any, ran: Dict[int, Any], source: Source, root: str) -> Exception:
    """What a person is told of a cell that failed, with the innermost line of their own."""
    number = source.number(cell)
    where = "the injected parameters" if number is None else "cell %d" % (number + 1)
    start = 1 if number is None else source.line(number, 1)
    output = next((o for o in cell.get("outputs", []) if o.get("output_type") == "error"), None)
    if output is None:
        return CellFailed("%s: %s" % (where, first_line(str(error))), source.file, start)
    value = re.sub(r" \(\S*, line \d+\)$", "", first_line(output["evalue"])) if output["evalue"] else ""
    message = output["ename"] + (": " + value if value else "")
    tracer = Tracer(root)
    trace = "\n".join(p for p in (COLOUR.sub("", t) for t in output["traceback"]) if is_own(p, tracer))
    print(trace, file=sys.stderr, flush=True)
    inner: Optional[Tuple[str, int]] = None
    for match in re.finditer("%s|%s" % (CELL.pattern, FILE.pattern), trace, re.MULTILINE):
        if match.group(1):
            other = source.number(ran.get(int(match.group(1))))
            if other is not None:
                line = int(match.group(2))
                name = "cell %d, line %d" % (other + 1, line)
                where = name if other == number else "cell %d, in %s" % ((number or 0) + 1, name)
                inner = (source.file, source.line(other, line))
        else:
            own = tracer.own(os.path.expanduser(match.group(3)))
            if own is not None:
                inner = (own, int(match.group(4)))
    file, line = inner or (source.file, start)
    return CellFailed("%s: %s" % (where, message), file, line)


def is_own(part: str, tracer: Tracer) -> bool:
    """Whether a part of IPython's traceback is anything but a frame of somebody else's file."""
    file = FILE.match(part.lstrip())
    return file is None or tracer.own(os.path.expanduser(file.group(1))) is not None


def first_line(text: str) -> str:
    return (text.strip().splitlines() or ["(no message)"])[0]
