"""Which Arrow values a declared type takes: what loses nothing, and nothing that is another kind of thing."""

from typing import Any, Optional

from towpath._types import INTEGERS, Type, arrow_type


class DoesNotFit(Exception):
    """Some value of an array does not fit; ``reason`` continues a sentence that starts with the value."""

    def __init__(self, reason: str, hint: Optional[str] = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


def fit(array: Any, type_: Type, of_pandas: bool) -> Any:
    """An array as the declared type. Only NULLs fit every type."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = plain(array)
    if array.null_count == len(array):
        return pa.nulls(len(array), arrow_type(type_))
    kind = type_.kind
    if of_pandas and pa.types.is_floating(array.type):  # what an Arrow-typed column calls NaN is missing, too
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
        if array.null_count == len(array):
            return pa.nulls(len(array), arrow_type(type_))
    if kind in INTEGERS or kind in ("HUGEINT", "UHUGEINT"):
        return integer(array, type_)
    if kind == "DECIMAL":
        return decimal(array, type_)
    simple = {
        "BOOLEAN": boolean,
        "FLOAT": floating,
        "DOUBLE": floating,
        "VARCHAR": text,
        "ENUM": enum,
        "BIT": bits,
        "JSON": json_text,
        "UUID": uuid,
        "BLOB": blob,
        "DATE": date,
        "TIME": time,
        "TIME_NS": time,
        "TIMESTAMP": timestamp,
        "TIMESTAMP_S": timestamp,
        "TIMESTAMP_MS": timestamp,
        "TIMESTAMP_NS": timestamp,
        "TIMESTAMP WITH TIME ZONE": timestamp_tz,
        "LIST": list_,
        "STRUCT": struct,
        "MAP": map_,
    }[kind]
    return simple(array, type_)


def plain(array: Any) -> Any:
    """Without dictionaries, run ends, views and extension types: the values themselves."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if hasattr(pa.types, "is_run_end_encoded") and pa.types.is_run_end_encoded(array.type):
        array = pc.run_end_decode(array)
    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    if str(array.type) == "string_view":
        array = array.cast(pa.large_string())
    elif str(array.type) == "binary_view":
        array = array.cast(pa.large_binary())
    return array


def is_text(type_: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_))


def is_bytes(type_: Any) -> bool:
    import pyarrow as pa

    types = pa.types
    return bool(types.is_binary(type_) or types.is_large_binary(type_) or types.is_fixed_size_binary(type_))


def is_listing(type_: Any) -> bool:
    import pyarrow as pa

    types = pa.types
    return bool(types.is_list(type_) or types.is_large_list(type_) or types.is_fixed_size_list(type_))


def what(type_: Any) -> str:
    """What values of an Arrow type are, in words."""
    import pyarrow as pa

    types = pa.types
    if is_text(type_):
        return "text"
    if is_bytes(type_):
        return "bytes"
    if is_listing(type_):
        return "a list"
    if types.is_timestamp(type_):
        return "a time with a zone" if type_.tz else "a time without a zone"
    words = (
        (types.is_boolean, "true or false"),
        (types.is_integer, "a whole number"),
        (types.is_floating, "a number"),
        (types.is_decimal, "a decimal"),
        (types.is_date, "a date"),
        (types.is_time, "a time of day"),
        (types.is_duration, "a duration"),
        (types.is_map, "a map"),
        (types.is_struct, "a struct"),
    )
    return next((word for test, word in words if test(type_)), "of Arrow's type %s" % type_)


def other_kind(array: Any, type_: Type, hint: Optional[str] = None) -> DoesNotFit:
    return DoesNotFit("is %s, and the column is declared %s" % (what(array.type), type_), hint)


def cast(array: Any, type_: Type, reason: str, hint: Optional[str] = None) -> Any:
    """Arrow's own checked cast."""
    import pyarrow as pa

    try:
        return array.cast(arrow_type(type_))
    except pa.ArrowException:
        raise DoesNotFit(reason, hint) from None


def boolean(array: Any, type_: Type) -> Any:
    import pyarrow as pa

    if not pa.types.is_boolean(array.type):
        number = pa.types.is_integer(array.type) or pa.types.is_floating(array.type)
        raise other_kind(array, type_, "compare it: df[c] != 0" if number else "make it True or False, or declare it so")
    return array


def integer(array: Any, type_: Type) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if pa.types.is_floating(kind):
        if pc.any(pc.is_nan(array)).as_py():
            raise DoesNotFit("is no number, and the column is declared %s" % type_, "make it NULL: fill_nan(None)")
        if not pc.all(pc.is_finite(array)).as_py():
            raise DoesNotFit(
                "is infinite, and the column is declared %s" % type_,
                "make it NULL: df[c].replace([numpy.inf, -numpy.inf], None), or declare the column DOUBLE",
            )
        if not pc.all(pc.equal(pc.trunc(array), array)).as_py():
            raise DoesNotFit(
                "is not a whole number, and the column is declared %s" % type_,
                "round it first, or declare the column DOUBLE",
            )
        if type_.kind in ("HUGEINT", "UHUGEINT"):
            array = checked(lambda: array.cast(pa.decimal128(38, 0)), beyond(type_))
    elif pa.types.is_decimal(kind):
        if kind.scale > 0:
            array = checked(
                lambda: array.cast(pa.decimal256(76, 0)),
                "is not a whole number, and the column is declared %s" % type_,
                "round it first, or declare the column DECIMAL(%d,%d)" % (min(kind.precision, 38), kind.scale),
            )
        array = checked(lambda: array.cast(pa.decimal128(38, 0)), beyond(type_))
    elif not pa.types.is_integer(kind):
        hint = None
        if is_text(kind):
            hint = "convert it: pandas.to_numeric(df[c]), or declare the column VARCHAR"
        elif pa.types.is_boolean(kind):
            hint = 'convert it: df[c].astype("int64"), or declare the column BOOLEAN'
        raise other_kind(array, type_, hint)
    if type_.kind == "UHUGEINT" and pc.any(pc.less(array, pa.scalar(0).cast(array.type))).as_py():
        raise DoesNotFit(beyond(type_))
    if type_.kind in ("HUGEINT", "UHUGEINT") and pa.types.is_integer(array.type):
        return array.cast(pa.decimal128(38, 0))
    return cast(array, type_, beyond(type_), "declare the column as a larger type: %s" % larger(type_))


def beyond(type_: Type) -> str:
    return "is beyond what %s holds" % type_


def larger(type_: Type) -> str:
    names = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DOUBLE"]
    name = type_.kind[1:] if type_.kind.startswith("U") else type_.kind
    return names[min(names.index(name) + 1, 5)] if name in names else "DOUBLE"


def checked(attempt: Any, reason: str, hint: Optional[str] = None) -> Any:
    import pyarrow as pa

    try:
        return attempt()
    except pa.ArrowException:
        raise DoesNotFit(reason, hint) from None


def decimal(array: Any, type_: Type) -> Any:
    import pyarrow as pa

    kind = array.type
    if pa.types.is_decimal(kind):
        return cast(
            array,
            type_,
            "does not fit %s without a loss" % type_,
            "round it to %d digits, or declare more" % type_.scale,
        )
    if pa.types.is_integer(kind):
        wide = pa.decimal128(38, type_.scale) if type_.scale <= 18 else pa.decimal256(76, type_.scale)
        return cast(array.cast(wide), type_, beyond(type_), "declare more digits")
    if pa.types.is_floating(kind):
        return decimal_of_float(array, type_)
    raise other_kind(array, type_, "convert it to decimal.Decimal or to numbers" if is_text(kind) else None)


def decimal_of_float(array: Any, type_: Type) -> Any:
    """Floats whose value is a decimal but for the noise of binary fractions: 0.1 + 0.2 is 0.3, and 1.005 is not 1.00.

    Noise grows with the value, yet is never as much as a hundredth of the last digit: that is a digit of its own.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    noise = 2.0**-20 if array.type != pa.float64() else 2.0**-40
    wide = array.cast(pa.float64())
    if not pc.all(pc.is_finite(wide)).as_py():
        raise DoesNotFit("is no number that %s holds" % type_, "make it NULL, or declare the column DOUBLE")
    rounded = checked(lambda: wide.cast(arrow_type(type_)), beyond(type_), "declare more digits")
    apart = pc.abs(pc.subtract(rounded.cast(pa.float64()), wide))
    unit = 10.0**-type_.scale
    allowed = pc.add(pc.min_element_wise(pc.multiply(pc.abs(wide), noise), unit * 1e-2), unit * 1e-6)
    same = pc.less_equal(apart, allowed)
    if array.type == pa.float32():  # it may have no digits left for the noise
        same = pc.or_(same, pc.equal(rounded.cast(pa.float64()).cast(pa.float32(), safe=False), array))
    if not pc.all(same).as_py():
        raise DoesNotFit(
            "has more than %d digits after the point, and the column is declared %s" % (type_.scale, type_),
            "round it: .round(%d)" % type_.scale,
        )
    return rounded


def floating(array: Any, type_: Type) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if pa.types.is_integer(kind):
        return cast(array, type_, "is a whole number that %s cannot hold exactly" % type_, "declare it BIGINT or HUGEINT")
    if pa.types.is_decimal(kind):
        return array.cast(arrow_type(type_))
    if not pa.types.is_floating(kind):
        hint = "convert it: pandas.to_numeric(df[c]), or declare the column VARCHAR" if is_text(kind) else None
        raise other_kind(array, type_, hint)
    result = array.cast(arrow_type(type_), safe=False)
    if type_.kind == "FLOAT" and pc.any(pc.not_equal(pc.is_finite(result), pc.is_finite(array))).as_py():
        raise DoesNotFit(beyond(type_), "declare the column DOUBLE")
    return result


def text(array: Any, type_: Type) -> Any:
    import pyarrow as pa

    if is_text(array.type):
        return array.cast(arrow_type(type_))
    if is_bytes(array.type):
        raise other_kind(array, type_, 'decode it: df[c].str.decode("utf-8"), or declare the column BLOB')
    if pa.types.is_nested(array.type):
        raise other_kind(array, type_, "declare the column JSON, or the type that it has")
    raise other_kind(array, type_, 'convert it: df[c].astype("string"), or declare the type that it has')


def enum(array: Any, type_: Type) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    result = text(array, type_)
    known = pc.is_in(result, value_set=pa.array(type_.values, pa.large_string()))
    if not pc.all(pc.or_(known, pc.is_null(result))).as_py():
        raise DoesNotFit("is none of the values of %s" % type_)
    return result


def matched(array: Any, type_: Type, pattern: str, reason: str, hint: Optional[str] = None) -> Any:
    import pyarrow.compute as pc

    if not pc.all(pc.match_substring_regex(array, pattern)).as_py():
        raise DoesNotFit(reason, hint)
    return array.cast(arrow_type(type_))


def bits(array: Any, type_: Type) -> Any:
    return matched(text(array, type_), type_, "^[01]+$", "is no text of 0s and 1s, and the column is declared BIT")


def uuid(array: Any, type_: Type) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_fixed_size_binary(array.type) and array.type.byte_width == 16:
        from towpath._data import uuid_texts

        return uuid_texts(array).cast(arrow_type(type_))
    if not is_text(array.type):
        raise other_kind(array, type_)
    pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
    return pc.ascii_lower(matched(array, type_, pattern, "is no UUID", "write it as 8-4-4-4-12 hexadecimal digits"))


def json_text(array: Any, type_: Type) -> Any:
    import json

    if not is_text(array.type):
        from towpath._objects import from_objects

        return from_objects(array.to_pylist(), type_, False)
    for value in array:
        item = value.as_py()
        if item is not None:
            try:
                json.loads(item, parse_constant=no_constant)
            except (ValueError, RecursionError):
                raise DoesNotFit("is no JSON", "write text with json.dumps(...), or return dicts and lists") from None
    return array.cast(arrow_type(type_))


def no_constant(name: str) -> Any:
    raise ValueError("%s is no JSON" % name)


def blob(array: Any, type_: Type) -> Any:
    if not is_bytes(array.type):
        raise other_kind(array, type_, "encode it: df[c].str.encode(...)" if is_text(array.type) else None)
    return array.cast(arrow_type(type_))


def date(array: Any, type_: Type) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if pa.types.is_date(kind):
        return cast(array, type_, "is no whole day")
    if not pa.types.is_timestamp(kind):
        raise other_kind(array, type_, "convert it: pandas.to_datetime(df[c])" if is_text(kind) else None)
    if kind.tz:
        raise other_kind(array, type_, "say which zone's day: df[c].dt.tz_convert(zone).dt.date")
    days = array.cast(pa.date32(), safe=False)
    if not pc.all(pc.equal(days.cast(kind, safe=False), array)).as_py():
        raise DoesNotFit(
            "has a time of day, and the column is declared DATE",
            "cut it off: df[c].dt.normalize(), or declare the column TIMESTAMP",
        )
    return days


def time(array: Any, type_: Type) -> Any:
    import pyarrow as pa

    if not pa.types.is_time(array.type):
        raise other_kind(array, type_, "take its time: df[c].dt.time" if pa.types.is_timestamp(array.type) else None)
    return cast(array, type_, "has parts of a microsecond", "round it to microseconds")


def timestamp(array: Any, type_: Type) -> Any:
    import pyarrow as pa

    kind = array.type
    if pa.types.is_date(kind):
        return cast(array, type_, beyond(type_))
    if not pa.types.is_timestamp(kind):
        raise other_kind(array, type_, "convert it: pandas.to_datetime(df[c])" if is_text(kind) else None)
    if kind.tz:
        raise other_kind(
            array,
            type_,
            "declare the column TIMESTAMPTZ, or say whose clock: df[c].dt.tz_convert(zone).dt.tz_localize(None)",
        )
    unit = arrow_type(type_).unit
    return cast(
        array,
        type_,
        "has finer parts than %s keeps, or is out of its range" % type_,
        'round it: df[c].dt.round("%s")' % unit,
    )


def timestamp_tz(array: Any, type_: Type) -> Any:
    import pyarrow as pa

    kind = array.type
    if not pa.types.is_timestamp(kind) or not kind.tz:
        hint = None
        if pa.types.is_timestamp(kind):
            hint = 'say which zone it is in: df[c].dt.tz_localize("UTC"), or declare the column TIMESTAMP'
        elif is_text(kind):
            hint = "convert it: pandas.to_datetime(df[c], utc=True)"
        raise other_kind(array, type_, hint)
    return cast(array, type_, "has parts of a microsecond, or is out of range", 'round it: df[c].dt.round("us")')


def list_(array: Any, type_: Type) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not is_listing(array.type):
        raise other_kind(array, type_)
    lengths = pc.list_value_length(array)
    if type_.length is not None and not pc.all(pc.equal(lengths, type_.length)).as_py():
        raise DoesNotFit("is not of the length that %s has" % type_)
    values = member(fit_member(pc.list_flatten(array), type_.element, "an element"), type_.element)
    return pa.ListArray.from_arrays(offsets_of(lengths), values)


def offsets_of(lengths: Any) -> Any:
    """The offsets of lists of some lengths; a list that is NULL has a NULL for its start."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ends = pc.cumulative_sum(pc.fill_null(lengths, 0).cast(pa.int32()))
    starts = pa.concat_arrays([pa.array([0], pa.int32()), ends.slice(0, max(len(ends) - 1, 0))]) if len(ends) else ends
    if lengths.null_count:
        starts = pc.if_else(pc.is_null(lengths), pa.scalar(None, pa.int32()), starts)
    last = ends.slice(len(ends) - 1) if len(ends) else pa.array([0], pa.int32())
    return pa.concat_arrays([starts, last])


def member(array: Any, type_: Type) -> Any:
    """Values inside of a nested type, in one piece and exactly of the type."""
    import pyarrow as pa

    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if array.type == arrow_type(type_) else array.cast(arrow_type(type_))


def fit_member(array: Any, type_: Type, where: str) -> Any:
    try:
        return fit(array, type_, False)
    except DoesNotFit as e:
        raise DoesNotFit("has %s that %s" % (where, e.reason), of_member(e.hint)) from None


def of_member(hint: Optional[str]) -> Optional[str]:
    """A hint as it helps with a part of a value: what converts a column does not reach it."""
    return None if hint and "df[c]" in hint else hint


def struct(array: Any, type_: Type) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_struct(array.type):
        raise other_kind(array, type_)
    present = {array.type.field(i).name.lower(): i for i in range(array.type.num_fields)}
    unknown = [n for n in present if n not in [m.lower() for m, _ in type_.members]]
    if unknown:
        raise DoesNotFit('has a member "%s" that %s has not' % (unknown[0], type_))
    members = []
    parts = array.flatten()
    for name, inner in type_.members:
        at = present.get(name.lower())
        if at is None:
            raise DoesNotFit('has no member "%s" of %s' % (name, type_))
        members.append(member(fit_member(parts[at], inner, 'a member "%s"' % name), inner))
    fields = [pa.field(n, m.type) for (n, _), m in zip(type_.members, members)]
    return pa.StructArray.from_arrays(members, fields=fields, mask=pc.is_null(array))


def map_(array: Any, type_: Type) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    listed = is_listing(kind) and pa.types.is_struct(kind.value_type) and kind.value_type.num_fields == 2
    if not (pa.types.is_map(kind) or listed):
        raise other_kind(array, type_)
    if pa.types.is_map(kind):
        array = array.cast(pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)])))
    entries = pc.list_flatten(array)
    keys, values = entries.flatten()
    (_, key_type), (_, value_type) = type_.members
    fitted_keys = member(fit_member(keys, key_type, "a key"), key_type)
    if fitted_keys.null_count:
        raise DoesNotFit("has a key that is NULL")
    fitted_values = member(fit_member(values, value_type, "a value"), value_type)
    return pa.MapArray.from_arrays(offsets_of(pc.list_value_length(array)), fitted_keys, fitted_values)
