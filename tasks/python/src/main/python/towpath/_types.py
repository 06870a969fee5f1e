"""DuckDB's types, read from their text, and the Arrow types that values travel as."""

import dataclasses
from typing import TYPE_CHECKING, Any, List, Optional, Tuple

if TYPE_CHECKING:
    import pyarrow as pa


@dataclasses.dataclass(frozen=True)
class Type:
    """A type: ``kind`` is its upper-case name, LIST, STRUCT, MAP, ENUM or DECIMAL; the rest is empty unless it has it."""

    kind: str
    text: str
    members: "Tuple[Tuple[str, Type], ...]" = ()
    precision: int = 0
    scale: int = 0
    values: Tuple[str, ...] = ()
    length: Optional[int] = None

    @property
    def element(self) -> "Type":
        """Of a list."""
        return self.members[0][1]

    def __str__(self) -> str:
        return self.text


ALIASES = {
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    "DATETIME": "TIMESTAMP",
    "TIMESTAMP_US": "TIMESTAMP",
    "BOOL": "BOOLEAN",
    "LOGICAL": "BOOLEAN",
    "INT": "INTEGER",
    "INT4": "INTEGER",
    "SIGNED": "INTEGER",
    "INT2": "SMALLINT",
    "SHORT": "SMALLINT",
    "INT1": "TINYINT",
    "INT8": "BIGINT",
    "LONG": "BIGINT",
    "INT128": "HUGEINT",
    "FLOAT4": "FLOAT",
    "REAL": "FLOAT",
    "FLOAT8": "DOUBLE",
    "STRING": "VARCHAR",
    "TEXT": "VARCHAR",
    "CHAR": "VARCHAR",
    "BPCHAR": "VARCHAR",
    "BYTEA": "BLOB",
    "BINARY": "BLOB",
    "VARBINARY": "BLOB",
    "NUMERIC": "DECIMAL",
    "DEC": "DECIMAL",
}

INTEGERS = {
    "TINYINT": (8, True),
    "SMALLINT": (16, True),
    "INTEGER": (32, True),
    "BIGINT": (64, True),
    "UTINYINT": (8, False),
    "USMALLINT": (16, False),
    "UINTEGER": (32, False),
    "UBIGINT": (64, False),
}

UNITS = {"TIMESTAMP_S": "s", "TIMESTAMP_MS": "ms"}


def parse_type(text: str) -> Type:
    """Reads a type as DuckDB writes it."""
    reader = _Reader(text)
    found = reader.type()
    if reader.peek():
        raise ValueError("not a type: %s" % text)
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def take(self, expected: str) -> None:
        if self.peek() != expected:
            raise ValueError("not a type: %s" % self.text)
        self.at += 1

    def word(self) -> str:
        self.peek()
        start = self.at
        while self.at < len(self.text) and (self.text[self.at].isalnum() or self.text[self.at] == "_"):
            self.at += 1
        return self.text[start : self.at]

    def quoted(self, quote: str) -> str:
        self.take(quote)
        value = ""
        while True:
            end = self.text.find(quote, self.at)
            if end < 0:
                raise ValueError("not a type: %s" % self.text)
            value += self.text[self.at : end]
            self.at = end + 1
            if self.text[self.at : self.at + 1] != quote:
                return value
            value += quote
            self.at += 1

    def type(self) -> Type:
        self.peek()
        start = self.at
        found = self.plain()
        found = dataclasses.replace(found, text=self.text[start : self.at].strip())
        while self.peek() == "[":
            self.take("[")
            length = self.word()
            self.take("]")
            text = self.text[start : self.at].strip()
            found = Type("LIST", text, (("element", found),), length=int(length) if length else None)
        return found

    def plain(self) -> Type:
        name = self.word().upper()
        if name == "TIMESTAMP" or name == "TIME":
            rest = self.text[self.at :].upper()
            for suffix in (" WITH TIME ZONE", " WITHOUT TIME ZONE"):
                if rest.startswith(suffix):
                    self.at += len(suffix)
                    return Type(name + suffix if suffix == " WITH TIME ZONE" else name, "")
        name = ALIASES.get(name, name)
        if name in ("STRUCT", "ROW"):
            return Type("STRUCT", "", tuple(self.fields()))
        if name == "MAP":
            self.take("(")
            key = self.type()
            self.take(",")
            value = self.type()
            self.take(")")
            return Type("MAP", "", (("key", key), ("value", value)))
        if name == "ENUM":
            return Type("ENUM", "", values=tuple(self.values()))
        if name == "DECIMAL":
            return self.decimal()
        if not name:
            raise ValueError("not a type: %s" % self.text)
        if self.peek() == "(":  # VARCHAR(10): the length says nothing
            self.numbers()
        return Type(name, "")

    def fields(self) -> "List[Tuple[str, Type]]":
        fields = []
        self.take("(")
        while True:
            name = self.quoted('"') if self.peek() == '"' else self.word()
            fields.append((name, self.type()))
            if self.peek() != ",":
                break
            self.take(",")
        self.take(")")
        return fields

    def values(self) -> List[str]:
        values = []
        self.take("(")
        while True:
            self.peek()
            values.append(self.quoted("'"))
            if self.peek() != ",":
                break
            self.take(",")
        self.take(")")
        return values

    def numbers(self) -> List[int]:
        numbers = []
        self.take("(")
        while True:
            numbers.append(int(self.word()))
            if self.peek() != ",":
                break
            self.take(",")
        self.take(")")
        return numbers

    def decimal(self) -> Type:
        numbers = self.numbers() if self.peek() == "(" else [18, 3]
        return Type("DECIMAL", "", precision=numbers[0], scale=numbers[1] if len(numbers) > 1 else 0)


def arrow_type(type_: Type) -> "pa.DataType":
    """The Arrow type that values of a DuckDB type travel as; text stands for what Arrow has no type for."""
    import pyarrow as pa

    kind = type_.kind
    if kind in INTEGERS:
        bits, signed = INTEGERS[kind]
        return getattr(pa, ("int%d" if signed else "uint%d") % bits)()
    if kind == "DECIMAL":
        return pa.decimal128(type_.precision, type_.scale)
    if kind in ("HUGEINT", "UHUGEINT"):
        return pa.decimal128(38, 0)
    if kind == "LIST":
        return pa.list_(arrow_type(type_.element))
    if kind == "STRUCT":
        return pa.struct([pa.field(name, arrow_type(member)) for name, member in type_.members])
    if kind == "MAP":
        return pa.map_(arrow_type(type_.members[0][1]), arrow_type(type_.members[1][1]))
    simple: Any = {
        "BOOLEAN": pa.bool_,
        "FLOAT": pa.float32,
        "DOUBLE": pa.float64,
        "DATE": pa.date32,
        "BLOB": pa.large_binary,
        "VARCHAR": pa.large_string,
        "ENUM": pa.large_string,
        "JSON": pa.large_string,
        "UUID": pa.large_string,
        "BIT": pa.large_string,
    }
    if kind in simple:
        return simple[kind]()
    if kind in ("TIME", "TIME_NS"):
        return pa.time64("us")
    if kind == "TIMESTAMP WITH TIME ZONE":
        return pa.timestamp("us", tz="UTC")
    if kind in ("TIMESTAMP", "TIMESTAMP_NS") or kind in UNITS:
        return pa.timestamp(UNITS.get(kind, "us"))
    raise ValueError("columns of type %s cannot go through Python" % type_.text)
