"""Holds what ``build`` returned against the columns that its model declares, piece by piece."""

import unicodedata
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Optional

from towpath._convert import Unfit, convert, first_null
from towpath._errors import ContractError, Mismatch, nearest, shortened
from towpath._frames import Piece
from towpath._types import Type, arrow_type, parse_type

MOST = 20


class Declared(NamedTuple):
    """A column of the contract."""

    name: str
    type: Type
    not_null: bool


class Contract:
    """The declared columns. Names are compared as Towpath does everywhere: NFC, whatever their case."""

    def __init__(self, columns: List[Dict[str, Any]]) -> None:
        import pyarrow as pa

        self.columns = [
            Declared(c["name"], parse_type(c["type"]), bool(c.get("not_null", False))) for c in columns
        ]
        self.schema = pa.schema([pa.field(c.name, arrow_type(c.type)) for c in self.columns])
        self._names: Optional[List[Any]] = None
        self._positions: List[int] = []

    def enforce(self, pieces: Iterable[Piece]) -> "Iterator[Any]":
        """The pieces as Arrow tables of the declared columns, in their order; fails at the first piece that is not."""
        import pyarrow as pa

        before = 0
        for piece in pieces:
            if self._names is None or piece.names != self._names:
                self._positions = self._match(piece)
                self._names = piece.names
            arrays = []
            wrong: List[Mismatch] = []
            for declared, position in zip(self.columns, self._positions):
                try:
                    arrays.append(self._column(declared, piece, position))
                except Unfit as unfit:
                    wrong.append(mismatch(declared, unfit, before))
            if wrong:
                raise ContractError(wrong[:MOST])
            before += piece.rows
            yield pa.Table.from_arrays(arrays, schema=self.schema)

    def _column(self, declared: Declared, piece: Piece, position: int) -> Any:
        array = convert(piece.columns[position], declared.type, piece.of_pandas)
        if declared.not_null and array.null_count:
            raise Unfit("is NULL, and the column is declared not_null", row=first_null(array), value="the value")
        return array

    def _match(self, piece: Piece) -> List[int]:
        """Where each declared column is in a piece."""
        wrong: List[Mismatch] = []
        at: Dict[str, int] = {}
        extra: List[str] = []
        declared = {folded(c.name) for c in self.columns}
        if not piece.names:
            raise ContractError([no_columns(piece, [c.name for c in self.columns])])
        for position, name in enumerate(piece.names):
            if not isinstance(name, str):
                wrong.append(no_text(name))
            elif folded(name) in at:
                twice = 'build returned two columns named "%s"' % name
                wrong.append(Mismatch(twice, "rename or drop one of them", name))
            else:
                at[folded(name)] = position
                if folded(name) not in declared:
                    extra.append(name)
        missing = [c.name for c in self.columns if folded(c.name) not in at]
        for name in missing:
            wrong.append(self._missing(name, extra, piece))
        for name in extra:
            wrong.append(self._extra(name, missing))
        if wrong:
            raise ContractError(wrong[:MOST])
        return [at[folded(c.name)] for c in self.columns]

    @staticmethod
    def _missing(name: str, extra: List[str], piece: Piece) -> Mismatch:
        message = 'build returned no column "%s", which is declared' % name
        near = nearest(name, extra)
        if folded(name) in [folded(n) for n in piece.index if isinstance(n, str)]:
            hint = "it is the frame's index: call reset_index(), or groupby(..., as_index=False)"
        elif near is not None:
            hint = 'there is "%s": rename one of them' % near
        else:
            hint = "it returned: %s" % listed(piece.names)
        return Mismatch(message, hint, name)

    @staticmethod
    def _extra(name: str, missing: List[str]) -> Mismatch:
        message = 'build returned a column "%s", which is not declared' % name
        if name in ("index", "level_0"):
            hint = "reset_index() made it of the index: reset_index(drop=True) does not"
        elif nearest(name, missing) is not None:
            hint = 'did you mean "%s"?' % nearest(name, missing)
        else:
            hint = 'declare it under columns:, or leave it out: df.drop(columns=["%s"])' % name
        return Mismatch(message, hint, name)


def folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).lower()


def listed(names: List[Any]) -> str:
    shown = [n if isinstance(n, str) else repr(n) for n in names[:10]]
    return ", ".join(shown) + (", …" if len(names) > 10 else "")


def no_columns(piece: Piece, declared: List[str]) -> Mismatch:
    what = "a table without columns" if not piece.rows else "%d rows without columns" % piece.rows
    shown = ", ".join('"%s"' % n for n in declared[:3]) + (", …" if len(declared) > 3 else "")
    return Mismatch(
        "build returned %s" % what, "a table may be empty, but has its columns: pandas.DataFrame(columns=[%s])" % shown
    )


def no_text(name: Any) -> Mismatch:
    if isinstance(name, tuple):
        hint = 'make one name of each: df.columns = ["_".join(map(str, c)) for c in df.columns]'
    else:
        hint = "name the columns: df.columns = [...]"
    return Mismatch("build returned a column whose name is %s, not text" % shortened(name), hint)


def mismatch(declared: Declared, unfit: Unfit, before: int) -> Mismatch:
    row: Optional[int] = None if unfit.row is None else unfit.row + before
    place = 'column "%s"' % declared.name
    if row is not None:
        place += ", row %d (the first is 0)" % row
    return Mismatch("%s: %s %s" % (place, unfit.value, unfit.reason), unfit.hint, declared.name, row, unfit.value)


