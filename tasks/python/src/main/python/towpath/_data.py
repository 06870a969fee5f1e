"""Tables as Python sees them: Parquet files that are read when they are asked for."""

import os
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from towpath._errors import MissingPackage, ReadError, packages_file
from towpath._types import Type, arrow_type

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

BATCH_ROWS = 131072
EXACT = 2**53


class StoredFile(NamedTuple):
    """A Parquet file, and the names that a table's columns have in it."""

    path: str
    sources: Tuple[str, ...]


def stored_file(described: Any, columns: "List[Tuple[str, Type, str]]") -> StoredFile:
    """Reads what the host says of a file: a path, or a path and names of its own."""
    if isinstance(described, str):
        return StoredFile(described, tuple(source for _, _, source in columns))
    names: Dict[str, str] = described.get("columns") or {}
    return StoredFile(described["path"], tuple(names.get(name, source) for name, _, source in columns))


def need(package: str, what: str) -> Any:
    """Imports a package, or says plainly that it is missing."""
    import importlib

    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as e:
        if e.name != package.split(".")[0]:
            raise
        raise MissingPackage(
            "%s needs the package %s, which is not installed" % (what, package.split(".")[0]),
            "add %s to the project's %s" % (package.split(".")[0], packages_file())
            if "TOWPATH_PACKAGES" in os.environ
            else "install it: pip install %s" % package.split(".")[0],
        ) from None


class Table:
    """A table of the project, not read yet.

    ``to_pandas``, ``to_polars`` and ``to_arrow`` read all of it; ``to_batches`` goes through data larger than memory.
    It also speaks Arrow's PyCapsule protocol, so that other libraries take it as it is: ``duckdb.from_arrow(table)``.
    """

    def __init__(self, name: str, files: List[StoredFile], columns: "List[Tuple[str, Type, str]]") -> None:
        self.name = name
        self._files = files
        self._columns = columns

    @property
    def columns(self) -> List[str]:
        """The names of its columns."""
        return [name for name, _, _ in self._columns]

    @property
    def types(self) -> Dict[str, str]:
        """Its columns' DuckDB types."""
        return {name: str(type_) for name, type_, _ in self._columns}

    def __len__(self) -> int:
        """Its number of rows, from the files' footers."""
        parquet = need("pyarrow.parquet", "reading tables")
        return sum(int(parquet.read_metadata(f.path, memory_map=True).num_rows) for f in self._files)

    def __bool__(self) -> bool:
        return True  # a table without rows is a table

    def to_arrow(self) -> "pa.Table":
        """Reads all of it into a pyarrow Table."""
        pa = need("pyarrow", "reading tables")
        parts = [self._shaped(self._open(f).read(columns=list(f.sources)), f) for f in self._files]
        if not parts:
            return self._schema().empty_table()
        return parts[0] if len(parts) == 1 else pa.concat_tables(parts)

    def to_pandas(self, **options: Any) -> "pd.DataFrame":
        """Reads all of it into a pandas DataFrame.

        DATE becomes ``datetime64``; other types are as pyarrow makes them, and ``options`` go to its ``to_pandas``.
        Integers with NULLs become floats, as pandas does; those too large for a float become ``Int64`` instead.
        """
        need("pandas", "to_pandas()")
        table = self.to_arrow()
        frame = pandas_of(table, options)
        return frame

    def to_polars(self) -> "pl.DataFrame":
        """Reads all of it into a Polars DataFrame."""
        polars = need("polars", "to_polars()")
        return polars.from_arrow(self.to_arrow())

    def to_batches(self, rows: int = BATCH_ROWS) -> "Iterator[pa.RecordBatch]":
        """Reads it as Arrow record batches of at most so many rows, one after the other."""
        need("pyarrow", "reading tables")
        for file in self._files:
            opened = self._open(file)
            for batch in opened.iter_batches(batch_size=rows, columns=list(file.sources)):
                yield from self._shaped(table_of([batch]), file).to_batches()

    def to_reader(self) -> "pa.RecordBatchReader":
        """Reads it as one stream of batches, for libraries that take an Arrow reader."""
        pa = need("pyarrow", "reading tables")
        return pa.RecordBatchReader.from_batches(self._schema(), self.to_batches())

    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object:
        return self.to_reader().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return "<towpath table %s (%s)>" % (self.name, ", ".join("%s %s" % c for c in self.types.items()))

    def _schema(self) -> "pa.Schema":
        import pyarrow as pa

        return pa.schema([pa.field(name, read_type(type_)) for name, type_, _ in self._columns])

    def _open(self, file: StoredFile) -> Any:
        parquet = need("pyarrow.parquet", "reading tables")
        try:
            return parquet.ParquetFile(file.path, memory_map=True)
        except FileNotFoundError:
            raise ReadError(
                "a file of %s has gone while it was read" % self.name, "was it removed from the lake by hand?"
            ) from None

    def _shaped(self, table: "pa.Table", file: StoredFile) -> "pa.Table":
        """Columns in their order, under their names, of their declared types."""
        import pyarrow as pa

        arrays = []
        for source, (_, type_, _) in zip(file.sources, self._columns):
            array = table.column(source)
            wanted = read_type(type_)
            arrays.append(array if array.type == wanted else conformed(array, wanted, type_))
        if not arrays:
            return table
        return pa.Table.from_arrays(arrays, names=self.columns)


def table_of(batches: "List[pa.RecordBatch]") -> "pa.Table":
    import pyarrow as pa

    return pa.Table.from_batches(batches)


def read_type(type_: Type) -> "pa.DataType":
    """The Arrow type that is read for a DuckDB type: as it is written, but with 32-bit offsets, as Parquet is read."""
    import pyarrow as pa

    if type_.kind in ("VARCHAR", "ENUM", "JSON", "UUID", "BIT"):
        return pa.string()
    if type_.kind == "BLOB":
        return pa.binary()
    if type_.kind == "LIST":
        return pa.list_(pa.field("element", read_type(type_.element)))
    if type_.kind == "STRUCT":
        return pa.struct([pa.field(n, read_type(m)) for n, m in type_.members])
    if type_.kind == "MAP":
        return pa.map_(read_type(type_.members[0][1]), read_type(type_.members[1][1]))
    return arrow_type(type_)


def conformed(array: "pa.ChunkedArray", wanted: "pa.DataType", type_: Type) -> "pa.ChunkedArray":
    """An array of what is stored, as the declared type."""
    import pyarrow as pa

    if type_.kind == "UUID":
        return pa.chunked_array([uuid_texts(chunk) for chunk in array.chunks], type=pa.string())
    if pa.types.is_nested(wanted):
        return array  # members keep their stored types; names and values are the same
    return array.cast(wanted)


def uuid_texts(array: Any) -> "pa.Array":
    """UUIDs of 16 bytes as text."""
    import pyarrow as pa

    storage = getattr(array, "storage", array)
    if pa.types.is_string(storage.type):
        return storage
    values = []
    for item in storage.to_pylist():
        digits = item.hex() if item is not None else None
        values.append(digits and "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])))
    return pa.array(values, pa.string())


def pandas_of(table: "pa.Table", options: Dict[str, Any]) -> "pd.DataFrame":
    """A pyarrow Table as a DataFrame, without a silent loss."""
    import pyarrow as pa
    import pyarrow.compute as pc

    exact = {}
    for name, column in zip(table.column_names, table.columns):
        if pa.types.is_integer(column.type) and column.type.bit_width == 64 and column.null_count:
            ends = pc.min_max(column).as_py()
            if ends["min"] is not None and (ends["min"] < -EXACT or ends["max"] > EXACT):
                exact[name] = column
    settings = {"date_as_object": False, **options}
    if not exact or "types_mapper" in options:
        return table.to_pandas(**settings)
    import pandas as pd

    frame = table.drop_columns(list(exact)).to_pandas(**settings)
    for name, column in exact.items():
        kind = pd.Int64Dtype() if column.type == pa.int64() else pd.UInt64Dtype()
        frame.insert(table.column_names.index(name), name, kind.__from_arrow__(column))
    return frame
