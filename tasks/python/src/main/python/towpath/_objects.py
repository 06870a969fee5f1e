"""Columns of Python objects: what a pandas column of dtype ``object`` holds."""

import datetime
import decimal
import json
import uuid
from typing import Any, List, Optional

from towpath._fit import DoesNotFit, fit, of_member
from towpath._types import INTEGERS, Type, arrow_type

NESTED = ("LIST", "STRUCT", "MAP")


def from_objects(values: Any, type_: Type, of_pandas: bool) -> Any:
    """An Arrow array of the declared type."""
    import pyarrow as pa

    if type_.kind in NESTED or type_.kind in ("JSON", "UUID"):
        items = [None if is_missing(v) else v for v in values]
        return nested(items, type_)
    groups = groups_of(values)
    if not groups:
        return pa.nulls(len(values), arrow_type(type_))
    array = None
    if len(groups) == 1:
        array = inferred(values, groups.pop(), type_)
    if array is not None:
        return fit(array, type_, of_pandas)
    if len(values) == 1:
        shown = "%s.%s" % (type(values[0]).__module__, type(values[0]).__qualname__)
        raise DoesNotFit("is a %s, and the column is declared %s" % (shown.replace("builtins.", ""), type_))
    # Several kinds in one column: each part by itself, so that the first value that does not fit is told of.
    middle = len(values) // 2
    return joined([from_objects(values[:middle], type_, of_pandas), from_objects(values[middle:], type_, of_pandas)])


def joined(parts: List[Any]) -> Any:
    import pyarrow as pa

    chunks: List[Any] = []
    for part in parts:
        chunks.extend(part.chunks if isinstance(part, pa.ChunkedArray) else [part])
    return pa.concat_arrays(chunks)


def inferred(values: Any, group: str, type_: Type) -> Optional[Any]:
    """What Arrow makes of values of one kind; None when it cannot."""
    import pyarrow as pa

    if group == "other":
        return None
    if group == "number" and (type_.kind in ("HUGEINT", "UHUGEINT", "DECIMAL") or type_.kind in INTEGERS):
        # Arrow's inference ends at 64 bits, and makes floats of whole numbers when there is one float.
        values = [exact(v) for v in values]
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return None


def exact(value: Any) -> Any:
    if is_missing(value):
        return None
    if isinstance(value, int) or hasattr(value, "__index__"):
        return int(value) if -(2**63) <= int(value) < 2**63 else decimal.Decimal(int(value))
    return value


def is_missing(value: Any) -> bool:
    if value is None:
        return True
    name = type(value).__name__
    if name in ("NaTType", "NAType"):
        return True
    return isinstance(value, float) and value != value or (name == "Decimal" and value.is_nan())


def groups_of(values: Any) -> "set[str]":
    """The kinds of things among some values. Arrow would take some mixtures and change values silently."""
    groups = set()
    floats = False
    for kind in set(map(type, values)):
        name = kind.__name__
        if kind is type(None) or name in ("NaTType", "NAType"):
            continue
        if issubclass(kind, float):
            floats = True
        else:
            groups.add(group_of(kind))
    if floats and any(isinstance(v, float) and v == v for v in values):
        groups.add("number")
    if "datetime" in groups or "time" in groups:
        moments = [v for v in values if isinstance(v, (datetime.datetime, datetime.time)) and not is_missing(v)]
        aware = {v.tzinfo is not None for v in moments}
        if "time" in groups and True in aware:
            groups.add("other")  # Arrow drops the zone of a time of day
        if len(aware) > 1:
            groups.add("aware")
    return groups


def group_of(kind: type) -> str:
    kinds = (
        ((bool,), "boolean"),
        ((int, decimal.Decimal), "number"),
        ((str,), "text"),
        ((bytes, bytearray, memoryview), "bytes"),
        ((datetime.datetime,), "datetime"),
        ((datetime.date,), "date"),
        ((datetime.time,), "time"),
        ((datetime.timedelta,), "duration"),
        ((uuid.UUID,), "uuid"),
        ((dict, list, tuple, set, frozenset), "nested"),
    )
    for classes, group in kinds:
        if issubclass(kind, classes):
            return group
    if kind.__module__ == "numpy":
        numpy_kinds = {"bool": "boolean", "bool_": "boolean", "str_": "text", "bytes_": "bytes", "ndarray": "nested"}
        if kind.__name__ in numpy_kinds:
            return numpy_kinds[kind.__name__]
        if kind.__name__.startswith(("int", "uint", "float", "longlong", "ulonglong")):
            return "number"
        if kind.__name__ == "datetime64":
            return "numpy datetime"
    return "other"


def nested(items: List[Any], type_: Type) -> Any:
    """Lists, structs and maps, member by member, and what is written as text."""
    if type_.kind == "JSON":
        return json_texts(items, type_)
    if type_.kind == "UUID":
        return fit_texts([str(i) if isinstance(i, uuid.UUID) else i for i in items], type_)
    if type_.kind == "LIST":
        return lists(items, type_)
    if type_.kind == "STRUCT":
        return structs(items, type_)
    return maps(items, type_)


def fit_texts(items: List[Any], type_: Type) -> Any:
    import pyarrow as pa

    for item in items:
        if item is not None and not isinstance(item, (str, bytes)):
            raise DoesNotFit("is a %s, and the column is declared %s" % (type(item).__name__, type_))
    try:
        array = pa.array(items)
    except (pa.ArrowException, UnicodeError):
        raise DoesNotFit("is no %s" % type_) from None
    if pa.types.is_binary(array.type) and all(i is None or len(i) == 16 for i in items):
        array = array.cast(pa.binary(16))
    return fit(array, type_, False)


def json_texts(items: List[Any], type_: Type) -> Any:
    import pyarrow as pa

    texts = []
    for item in items:
        if item is None or isinstance(item, str):
            texts.append(item)
            continue
        try:
            texts.append(json.dumps(item, allow_nan=False, ensure_ascii=False, default=jsonable))
        except (TypeError, ValueError, RecursionError) as e:
            raise DoesNotFit("cannot be written as JSON: %s" % e) from None
    try:
        return fit(pa.array(texts, pa.large_string()), type_, False)
    except UnicodeError:
        raise DoesNotFit("is no text that UTF-8 can hold") from None


def jsonable(value: Any) -> Any:
    """What numpy's numbers and arrays are in JSON; anything else has no one form."""
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError("a %s has no form in JSON" % type(value).__name__)


def is_sequence(item: Any) -> bool:
    return isinstance(item, (list, tuple)) or type(item).__name__ == "ndarray"


def inner(values: List[Any], type_: Type, where: str) -> Any:
    from towpath._fit import member

    try:
        return member(from_objects(values, type_, False), type_)
    except DoesNotFit as e:
        raise DoesNotFit("has %s that %s" % (where, e.reason), of_member(e.hint)) from None


def lists(items: List[Any], type_: Type) -> Any:
    import pyarrow as pa

    from towpath._fit import offsets_of

    for item in items:
        if item is not None and not is_sequence(item):
            raise DoesNotFit("is a %s, and the column is declared %s" % (type(item).__name__, type_))
        if item is not None and type_.length is not None and len(item) != type_.length:
            raise DoesNotFit("has %d elements, and the column is declared %s" % (len(item), type_))
    lengths = pa.array([None if i is None else len(i) for i in items], pa.int32())
    flat = [v for i in items if i is not None for v in i]
    return pa.ListArray.from_arrays(offsets_of(lengths), inner(flat, type_.element, "an element"))


def structs(items: List[Any], type_: Type) -> Any:
    import pyarrow as pa

    names = {name.lower() for name, _ in type_.members}
    rows = []
    for item in items:
        if item is not None and not isinstance(item, dict):
            raise DoesNotFit("is a %s, and the column is declared %s" % (type(item).__name__, type_), "make it a dict")
        row = {}
        for key, value in (item or {}).items():
            if not isinstance(key, str) or key.lower() not in names:
                raise DoesNotFit("has a member %r that %s has not" % (key, type_))
            row[key.lower()] = value
        rows.append(row)
    members = []
    for name, member_type in type_.members:
        values = [row.get(name.lower()) for row in rows]
        members.append(inner([None if is_missing(v) else v for v in values], member_type, 'a member "%s"' % name))
    fields = [pa.field(n, m.type) for (n, _), m in zip(type_.members, members)]
    return pa.StructArray.from_arrays(members, fields=fields, mask=pa.array([i is None for i in items], pa.bool_()))


def maps(items: List[Any], type_: Type) -> Any:
    import pyarrow as pa

    from towpath._fit import offsets_of

    entries = []
    for item in items:
        pairs = list(item.items()) if isinstance(item, dict) else item
        if pairs is not None and not (is_sequence(pairs) and all(is_sequence(p) and len(p) == 2 for p in pairs)):
            raise DoesNotFit("is a %s, and the column is declared %s" % (type(item).__name__, type_), "make it a dict")
        entries.append(pairs)
    lengths = pa.array([None if e is None else len(e) for e in entries], pa.int32())
    keys = [p[0] for e in entries if e is not None for p in e]
    values = [p[1] for e in entries if e is not None for p in e]
    (_, key_type), (_, value_type) = type_.members
    fitted = inner(keys, key_type, "a key")
    if fitted.null_count:
        raise DoesNotFit("has a key that is NULL")
    return pa.MapArray.from_arrays(offsets_of(lengths), fitted, inner(values, value_type, "a value"))
