"""Reads a project's tables and runs it: in its folder, or through a server."""

import datetime
import decimal
import json
import os
import re
import shutil
import subprocess
import tempfile
import uuid
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union

from towpath._data import BATCH_ROWS, need, pandas_of
from towpath._errors import Problem, TowpathError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


def connect(
    path: "Union[str, os.PathLike[str], None]" = None,
    env: Optional[str] = None,
    program: Optional[str] = None,
    token: Optional[str] = None,
) -> "Lake":
    """A project's tables.

    ``path`` is the project's folder, or the address of a server such as ``http://127.0.0.1:8787``; without one it is
    TOWPATH_PROJECT or the nearest folder upwards that has a ``towpath.yml``, so that a notebook beside a project needs
    to say nothing. ``env`` names an environment of a folder; in a job's process it is the run's own, unless it is given, or
    another project is. ``program`` is the ``towpath`` to start for a folder; without
    one it is found by TOWPATH_HOME or on the PATH. ``token`` is a server's, which ``towpath token`` prints; without one it
    is TOWPATH_TOKEN, or that of the project here, if the server is this project's own.
    """
    text = os.fspath(path) if path is not None else os.environ.get("TOWPATH_PROJECT", "")
    if "://" in text:
        from towpath._remote import Remote

        if env is not None or program is not None:
            raise TypeError("env and program are for a project's folder; a server has its own")
        return Remote(text, token if token is not None else os.environ.get("TOWPATH_TOKEN") or own_token(text))
    if token is not None:
        raise TypeError('token is for a server: towpath.connect("http://127.0.0.1:8787", token=...)')
    folder = os.path.abspath(text) if text else project_above(os.getcwd())
    if not os.path.isfile(os.path.join(folder, "towpath.yml")):
        raise TowpathError(
            "%s is no project: it has no towpath.yml" % folder, 'give its folder: towpath.connect("path/to/project")'
        )
    return Lake(folder, env if env is not None else env_of(folder), program)


def env_of(folder: str) -> Optional[str]:
    """The environment of the run that this process works for, in the run's own project."""
    own = os.environ.get("TOWPATH_PROJECT")
    return os.environ.get("TOWPATH_ENV") or None if own and os.path.realpath(own) == os.path.realpath(folder) else None


def project_above(start: str) -> str:
    folder = os.path.abspath(start)
    while True:
        if os.path.isfile(os.path.join(folder, "towpath.yml")):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return start
        folder = parent


def own_token(url: str) -> Optional[str]:
    """The token of the project here, if the server at that address is its own: to no other is it given."""
    folder = os.path.join(project_above(os.getcwd()), ".towpath")
    try:
        with open(os.path.join(folder, "server.json"), encoding="utf-8") as file:
            if json.load(file)["url"] != url.rstrip("/"):
                return None
        with open(os.path.join(folder, "token"), encoding="utf-8") as file:
            return file.read().strip()
    except (OSError, ValueError, KeyError, TypeError):
        return None


def program_of(given: Optional[str]) -> str:
    """The towpath to start."""
    if given is not None:
        found = shutil.which(os.path.expanduser(given))
        if found is None:
            raise TowpathError("%s is no program" % given, "give the path of the launcher, towpath")
        return found
    home = os.environ.get("TOWPATH_HOME")
    if home:
        for candidate in (os.path.join(home, "bin", "towpath"), os.path.join(home, "towpath")):
            if os.access(candidate, os.X_OK) and os.path.isfile(candidate):
                return candidate
        raise TowpathError("TOWPATH_HOME is %s, which has no towpath" % home, "set it to an unpacked release or a checkout")
    found = shutil.which("towpath")
    if found is None:
        raise TowpathError(
            "the program towpath was not found",
            "put it on the PATH, set TOWPATH_HOME to where it was unpacked, or connect(..., program=...)",
        )
    return found


class Lake:
    """One environment of a project, as ``connect`` returns it. Each call sees the newest release, unless it names one."""

    #: whether results are streams of Arrow instead of Parquet
    streams = False

    def __init__(self, folder: str, env: Optional[str], program: Optional[str]) -> None:
        self.folder = folder
        self.env = env
        self._program = program_of(program)

    def read(self, name: str, release: Optional[int] = None, columns: Optional[Sequence[str]] = None) -> "Result":
        """A table, of the newest release or of an older one; read when it is asked for."""
        if isinstance(columns, str):
            raise TypeError('columns is a list: columns=["%s"]' % columns)
        selected = ", ".join(quoted(c) for c in columns) if columns is not None else "*"
        table = name if '"' in name else ".".join(quoted(part) for part in name.split("."))
        return Result(self, "SELECT %s FROM %s" % (selected, table), {}, release)

    def query(
        self, sql: str, /, release: Optional[int] = None, params: Optional[Dict[str, Any]] = None, **named: Any
    ) -> "Result":
        """A query over the project's tables; ``$name`` in it is bound to the parameter of that name.

        ``lake.query("SELECT * FROM marts.daily WHERE region = $region", region="N").to_pandas()``. A parameter may also
        stand in ``params``, which is the way for one that is called ``release`` or ``params``.
        """
        return Result(self, sql, {**(params or {}), **named}, release)

    def run(self, *selection: str, full: bool = False) -> "Dict[str, Any]":
        """Builds what is stale and publishes it, as ``towpath run`` does; what ``--json`` says of it.

        Raises TowpathError, with all problems, when something failed; then nothing was published.
        """
        selected(selection)
        words = ["run", "--json"] + (["--full"] if full else []) + ["--"] + list(selection)
        done = self._call(words)
        return dict(json.loads(done))

    def tables(self) -> List[str]:
        """The names of the project's tables."""
        return [str(a["name"]) for a in json.loads(self._call(["ls", "--json"]))["assets"]]

    def _call(self, words: List[str]) -> str:
        command = [self._program, "-C", self.folder]
        if self.env is not None:
            command += ["--env", self.env]
        done = subprocess.run(
            command + words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False
        )
        out = done.stdout.decode("utf-8", "replace")
        if done.returncode != 0:
            raise failure(out, done.stderr.decode("utf-8", "replace"), done.returncode)
        return out

    def _fetch(self, sql: str, params: Dict[str, Any], release: Optional[int], target: str) -> None:
        words = ["query", "--json", "--format", "parquet", "--output", target]
        if release is not None:
            words += ["--release", str(int(release))]
        # by files: both may be longer than an argument can be, and arguments are seen by all who use the machine
        if params:
            given = {name: typed_value(value) for name, value in params.items()}
            with open(target + ".json", "w", encoding="utf-8") as file:
                json.dump(given, file)
            words.append("--param=@" + file.name)
        text = target + ".sql"
        with open(text, "w", encoding="utf-8") as file:
            file.write(sql)
        try:
            self._call(words + ["--", "@" + text])
        except TowpathError as e:
            problems = [p._replace(file="query") if p.file == text else p for p in e.problems]
            problems = [p._replace(hint=of_python(p.hint)) for p in problems]
            raise TowpathError(e.message, of_python(e.hint), problems) from None

    def __repr__(self) -> str:
        return "<towpath lake %s%s>" % (self.folder, " (%s)" % self.env if self.env else "")


class Result:
    """What a query gives; asked for when it is first read, and then kept in a temporary file.

    A file is Parquet, or a stream of Arrow when a server gave it.
    """

    def __init__(self, lake: Lake, sql: str, params: Dict[str, Any], release: Optional[int]) -> None:
        if release is not None and (isinstance(release, bool) or not hasattr(release, "__index__")):
            raise TypeError("release is the number of one, not %r" % (release,))
        self._lake = lake
        self._sql = sql
        self._params = params
        self._release = release
        self._folder: "Optional[tempfile.TemporaryDirectory[str]]" = None

    def to_arrow(self) -> "pa.Table":
        """All of it as a pyarrow Table."""
        if self._lake.streams:
            with self._stream() as reader:
                return nullable(reader.read_all())
        parquet = need("pyarrow.parquet", "reading results")
        return nullable(parquet.ParquetFile(self._file(), memory_map=True).read())

    def _stream(self) -> "pa.ipc.RecordBatchStreamReader":
        pyarrow = need("pyarrow", "reading results")
        ipc = need("pyarrow.ipc", "reading results")
        return ipc.open_stream(pyarrow.memory_map(self._file()))

    def to_pandas(self, **options: Any) -> "pd.DataFrame":
        """All of it as a pandas DataFrame; ``options`` go to pyarrow's ``to_pandas``."""
        need("pandas", "to_pandas()")
        return pandas_of(self.to_arrow(), options)

    def to_polars(self) -> "pl.DataFrame":
        """All of it as a Polars DataFrame."""
        polars = need("polars", "to_polars()")
        return polars.from_arrow(self.to_arrow())

    def to_batches(self, rows: int = BATCH_ROWS) -> "Iterator[pa.RecordBatch]":
        """Arrow record batches of at most so many rows, for results larger than memory."""
        if self._lake.streams:
            with self._stream() as reader:
                for batch in reader:
                    for start in range(0, batch.num_rows, rows):
                        yield from batches_of(batch.slice(start, rows))
            return
        parquet = need("pyarrow.parquet", "reading results")
        for batch in parquet.ParquetFile(self._file(), memory_map=True).iter_batches(batch_size=rows):
            yield from batches_of(batch)

    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        if self._lake.streams:
            with self._stream() as reader:
                return sum(batch.num_rows for batch in reader)
        parquet = need("pyarrow.parquet", "reading results")
        return int(parquet.read_metadata(self._file()).num_rows)

    def __bool__(self) -> bool:
        return True  # no rows are a result, too

    def _file(self) -> str:
        if self._folder is None:
            folder = tempfile.TemporaryDirectory(prefix="towpath-")
            try:
                self._lake._fetch(self._sql, self._params, self._release, os.path.join(folder.name, "result"))
            except BaseException:
                folder.cleanup()
                raise
            self._folder = folder
        return os.path.join(self._folder.name, "result")

    def __repr__(self) -> str:
        return "<towpath result of %s>" % self._sql


def selected(selection: Sequence[Any]) -> None:
    """Refuses what is no selection: words, one by one."""
    for word in selection:
        if not isinstance(word, str):
            raise TypeError('run takes words one by one, such as run("marts.*", "job:report"), not %r' % (word,))


def of_python(hint: Optional[str]) -> Optional[str]:
    """A hint of the command line as it is meant here."""
    return hint and re.sub(r"--param (\w+)=VALUE", r"query(..., \1=VALUE)", hint)


def nullable(table: "pa.Table") -> "pa.Table":
    """With every column as one that may have NULLs, whatever way it came: tables of one kind can be put together."""
    import pyarrow as pa

    schema = pa.schema([maybe(field) for field in table.schema])
    return table if schema.equals(table.schema) else table.cast(schema)


def maybe(field: "pa.Field") -> "pa.Field":
    import pyarrow as pa

    type_ = field.type
    if pa.types.is_struct(type_):
        type_ = pa.struct([maybe(type_.field(i)) for i in range(type_.num_fields)])
    elif pa.types.is_list(type_):
        type_ = pa.list_(maybe(type_.value_field))
    return pa.field(field.name, type_, True)


def batches_of(batch: "pa.RecordBatch") -> "List[pa.RecordBatch]":
    import pyarrow as pa

    return nullable(pa.Table.from_batches([batch])).to_batches()


def quoted(name: str) -> str:
    name = name.strip()
    return name if name.startswith('"') else '"' + name.replace('"', '""') + '"'


def typed_value(value: Any) -> Optional[Dict[str, str]]:
    """A parameter as the program and the server take it; None is NULL."""
    if value is None:
        return None
    type_, text = typed_text(value)
    return {"type": type_, "value": text}


def typed_text(value: Any) -> Tuple[str, str]:
    """A value's DuckDB type and its text."""
    if type(value).__module__.split(".")[0] in ("numpy", "pandas") and hasattr(value, "tolist"):
        value = value.tolist()  # of a scalar its value, of an array a list
    if isinstance(value, bool):
        return "BOOLEAN", "true" if value else "false"
    if isinstance(value, int):
        return ("BIGINT" if -(2**63) <= value < 2**63 else "HUGEINT"), str(value)
    if isinstance(value, float):
        return "DOUBLE", repr(value)
    if isinstance(value, decimal.Decimal):
        _, digits, exponent = value.as_tuple()
        if not isinstance(exponent, int):
            raise TypeError("%s has no SQL type" % value)
        scale = max(-exponent, 0)
        return "DECIMAL(%d,%d)" % (max(len(digits) + max(exponent, 0), scale, 1), scale), format(value, "f")
    if isinstance(value, str):
        return "VARCHAR", value
    if isinstance(value, datetime.datetime):
        zone = "TIMESTAMP WITH TIME ZONE" if value.tzinfo is not None else "TIMESTAMP"
        return zone, value.isoformat(" ")
    if isinstance(value, datetime.date):
        return "DATE", value.isoformat()
    if isinstance(value, datetime.time) and value.tzinfo is None:
        return "TIME", value.isoformat()
    if isinstance(value, uuid.UUID):
        return "UUID", str(value)
    if isinstance(value, (list, tuple)):
        return list_text(value)
    raise TypeError(
        "a parameter is text, a number, a boolean, a date or time, a UUID or a list of these, not %s" % type(value).__name__
    )


def list_text(values: Sequence[Any]) -> Tuple[str, str]:
    kinds = [typed_text(v) for v in values if v is not None]
    types = sorted({k for k, _ in kinds})
    if set(types) <= {"BIGINT", "DOUBLE", "HUGEINT"} and "DOUBLE" in types:
        types = ["DOUBLE"]
    elif set(types) == {"BIGINT", "HUGEINT"}:
        types = ["HUGEINT"]
    elif types and all(t.startswith("DECIMAL") for t in types):
        types = [widest(types)]
    if len(types) > 1:
        raise TypeError("the values of a list are of one type, not of %s" % " and ".join(types))
    shown = []
    for value in values:
        text = "NULL" if value is None else typed_text(value)[1]
        if isinstance(value, str):  # quoted, as DuckDB reads lists
            text = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        shown.append(text)
    return (types[0] if types else "VARCHAR") + "[]", "[" + ", ".join(shown) + "]"


def widest(types: List[str]) -> str:
    sizes = [[int(n) for n in t[8:-1].split(",")] for t in types]
    scale = max(s for _, s in sizes)
    return "DECIMAL(%d,%d)" % (max(p - s for p, s in sizes) + scale, scale)


def failure(out: str, err: str, code: int) -> TowpathError:
    """What a command printed when it failed, as an exception."""
    try:
        problems = [
            Problem(p["message"], p.get("hint"), p.get("file"), p.get("line") or 0, p.get("column") or 0)
            for p in json.loads(out)["problems"]
        ]
    except (ValueError, KeyError, TypeError):
        problems = []
    if problems:
        return TowpathError(problems[0].message, problems[0].hint, problems)
    lines = [line for line in err.splitlines() if line.strip()]
    said = "\n".join(lines[-10:]) if lines else "it said nothing"
    return TowpathError("towpath ended with exit code %d: %s" % (code, said))
