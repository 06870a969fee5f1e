"""Makes Arrow arrays of a declared type of whatever a column is, or says which row does not fit."""

from typing import Any, Callable, Optional

from towpath._errors import shortened
from towpath._fit import DoesNotFit, fit
from towpath._objects import from_objects
from towpath._types import Type


class Unfit(Exception):
    """A value that the declared type cannot hold: which row of the column, the value as text, why, what to do."""

    def __init__(
        self, reason: str, hint: Optional[str] = None, row: Optional[int] = None, value: str = "its type"
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.row = row
        self.value = value


def convert(column: Any, type_: Type, of_pandas: bool) -> Any:
    """A pandas, Polars or Arrow column as an Arrow array (or chunked array) of the declared type."""
    if of_pandas:
        return convert_pandas(column, type_)
    import pyarrow as pa

    if not isinstance(column, (pa.Array, pa.ChunkedArray)):  # a Polars series
        try:
            column = column.to_arrow()
        except BaseException as e:  # Polars panics with an exception of its own making
            if not isinstance(e, Exception) and type(e).__name__ != "PanicException":
                raise
            return convert_objects(column.to_list(), type_, False)
    return convert_arrow(column, type_, False)


def convert_pandas(column: Any, type_: Type) -> Any:
    import pyarrow as pa

    if column.dtype == object:
        return convert_objects(column.to_numpy(), type_, True)
    try:
        array = pa.array(column, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        # extension types of somebody's own, categories of several types
        return convert_objects(column.astype(object).to_numpy(), type_, True)
    return convert_arrow(array, type_, True)


def convert_arrow(array: Any, type_: Type, of_pandas: bool) -> Any:
    import pyarrow as pa

    def attempt(start: int, end: int) -> Any:
        return fit(array.slice(start, end - start), type_, of_pandas)

    if isinstance(array, pa.ChunkedArray):
        parts = []
        before = 0
        for chunk in array.chunks:
            try:
                parts.append(convert_arrow(chunk, type_, of_pandas))
            except Unfit as e:
                e.row = None if e.row is None else e.row + before
                raise
            before += len(chunk)
        if len(parts) == 1:
            return parts[0]
        from towpath._types import arrow_type

        return pa.chunked_array(parts, type=arrow_type(type_))
    return located(attempt, len(array), lambda row: array[row].as_py())


def convert_objects(values: Any, type_: Type, of_pandas: bool) -> Any:
    def attempt(start: int, end: int) -> Any:
        return from_objects(values[start:end], type_, of_pandas)

    return located(attempt, len(values), lambda row: values[row])


def located(attempt: Callable[[int, int], Any], length: int, value: Callable[[int], Any]) -> Any:
    """Tries it on all rows; when they do not fit, halves until the first that does not is found."""
    try:
        return attempt(0, length)
    except DoesNotFit as e:
        failed = e
    low, high = 0, length
    while high - low > 1:
        middle = (low + high) // 2
        try:
            attempt(low, middle)
            low = middle
        except DoesNotFit as e:
            failed, high = e, middle
    if length:
        try:
            attempt(low, high)
        except DoesNotFit as e:
            failed = e
    try:
        shown = shortened(value(low))
    except Exception:  # an Arrow value that Python has no type for
        shown = "the value"
    raise Unfit(failed.reason, failed.hint, low, shown)


def first_null(array: Any) -> int:
    """The first row that is NULL."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return int(pc.index(pc.is_null(array), pa.scalar(True)).as_py())


