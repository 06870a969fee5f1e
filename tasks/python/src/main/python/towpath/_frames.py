"""Takes what ``build`` returned, whatever it is, apart into pieces of bounded size."""

import sys
from typing import Any, Iterator, List, NamedTuple, Optional

from towpath._errors import ContractError, Mismatch

ROWS = 131072
KINDS = "a pandas or Polars DataFrame, a pyarrow Table, or an iterator of record batches"


class Piece(NamedTuple):
    """Some rows: the names of the columns, and each as something that Arrow can be made of."""

    names: List[Any]
    columns: List[Any]
    rows: int
    index: List[Any]
    """Names of a pandas index, which are no columns, though people think so."""
    of_pandas: bool


def frames_of(result: Any) -> Iterator[Piece]:
    """The pieces of a result; at least one unless it is an iterator without any."""
    pieces = pieces_of(result)
    if pieces is None:
        pieces = from_iterator(result)
    if pieces is None:
        raise refused(result)
    return pieces


def refused(result: Any, where: str = "build returned") -> ContractError:
    if result is None:
        return ContractError([Mismatch("%s nothing" % where, "end it with: return df (%s)" % KINDS)])
    name = type(result).__name__
    hints = {
        "Series": "a Series is one column: return it as a table, with .to_frame() or .reset_index()",
        "DataFrameGroupBy": "it is grouped, but not aggregated: call .agg(...) or .sum() on it",
        "dict": "make a table of it: pandas.DataFrame(...) or pyarrow.table(...)",
        "list": "make a table of it: pandas.DataFrame(...) or pyarrow.Table.from_pylist(...)",
        "Table": "call its to_pandas(), to_polars() or to_arrow()",
        "coroutine": "build must be a plain def, not async def",
    }
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return ContractError([Mismatch("%s %s %s, which is no table" % (where, article, name), hints.get(name, "return %s" % KINDS))])


def module_of(value: Any) -> str:
    return (type(value).__module__ or "").split(".")[0]


def pieces_of(result: Any) -> Optional[Iterator[Piece]]:
    """The pieces of a table; None when it is none."""
    if module_of(result) == "pandas" or "pandas" in sys.modules:
        import pandas as pd

        if isinstance(result, pd.DataFrame):
            return from_pandas(result)
    if "polars" in sys.modules:
        import polars as pl

        if isinstance(result, pl.LazyFrame):
            result = result.collect()
        if isinstance(result, pl.DataFrame):
            return from_polars(result)
        if isinstance(result, pl.Series):
            return None
    return from_arrow(result)


def from_pandas(frame: Any) -> Iterator[Piece]:
    names = list(frame.columns)
    index = [n for n in frame.index.names if n is not None]
    for start in range(0, max(len(frame), 1), ROWS):
        part = frame.iloc[start : start + ROWS]
        columns = [part.iloc[:, i] for i in range(len(names))]
        yield Piece(names, columns, len(part), index, True)


def from_polars(frame: Any) -> Iterator[Piece]:
    for start in range(0, max(frame.height, 1), ROWS):
        part = frame.slice(start, ROWS)
        yield Piece(list(frame.columns), part.get_columns(), part.height, [], False)


def from_arrow(result: Any) -> Optional[Iterator[Piece]]:
    if not (hasattr(result, "__arrow_c_stream__") or module_of(result) == "pyarrow"):
        return None
    import pyarrow as pa

    if isinstance(result, (pa.Table, pa.RecordBatch)):
        return from_table(result)
    if isinstance(result, pa.RecordBatchReader):
        return from_reader(result)
    if hasattr(result, "to_reader") and module_of(result) == "pyarrow":  # a dataset's scanner
        return from_reader(result.to_reader())
    if isinstance(result, (pa.Array, pa.ChunkedArray)) or not hasattr(result, "__arrow_c_stream__"):
        return None
    try:
        return from_reader(pa.RecordBatchReader.from_stream(result))
    except pa.ArrowInvalid:  # one column, such as a Series
        return None


def from_table(table: Any) -> Iterator[Piece]:
    for start in range(0, max(table.num_rows, 1), ROWS):
        part = table.slice(start, ROWS)
        columns = list(part.columns)
        yield Piece(list(part.schema.names), columns, part.num_rows, [], False)


def from_reader(reader: Any) -> Iterator[Piece]:
    yield from from_table(reader.schema.empty_table())  # the columns are wrong or right without any rows, too
    for batch in reader:
        yield from from_table(batch)


def from_iterator(result: Any) -> Optional[Iterator[Piece]]:
    if not hasattr(result, "__next__") and not (isinstance(result, (list, tuple)) and result):
        return None
    if isinstance(result, (list, tuple)) and pieces_of(result[0]) is None:
        return None
    return each(iter(result))


def each(results: Iterator[Any]) -> Iterator[Piece]:
    for result in results:
        pieces = pieces_of(result)
        if pieces is None:
            raise refused(result, "build gave")
        yield from pieces
