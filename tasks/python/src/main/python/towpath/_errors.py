"""What can go wrong, told to a person."""

from typing import Any, List, NamedTuple, Optional


class Problem(NamedTuple):
    """One thing that is wrong, as ``towpath check`` prints it."""

    message: str
    hint: Optional[str] = None
    file: Optional[str] = None
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = ""
        if self.file:
            place = self.file + (":%d:%d" % (self.line, self.column) if self.line else "") + ": "
        return place + self.message + ("\n  hint: " + self.hint if self.hint else "")


class TowpathError(Exception):
    """Something that Towpath refused or could not do; ``problems`` has all of them, with their places."""

    def __init__(self, message: str, hint: Optional[str] = None, problems: Optional[List[Problem]] = None) -> None:
        self.message = message
        self.hint = hint
        self.problems: List[Problem] = problems if problems is not None else [Problem(message, hint)]
        super().__init__("\n".join(str(p) for p in self.problems) or message)


class ReadError(TowpathError):
    """A table could not be read: the model does not declare it, or its data is not to be had."""


class MissingPackage(TowpathError):
    """A package that is needed is not installed in the project's environment."""


class ContractError(TowpathError):
    """What ``build`` returned is not what the model declares; ``details`` has columns, rows and values."""

    def __init__(self, details: "List[Mismatch]") -> None:
        self.details = details
        super().__init__(details[0].message, details[0].hint, [Problem(d.message, d.hint) for d in details])


class Mismatch(NamedTuple):
    """One column that breaks the contract; the row counts from 0, as in ``DataFrame.iloc``."""

    message: str
    hint: Optional[str] = None
    column: Optional[str] = None
    row: Optional[int] = None
    value: Optional[str] = None


def packages_file() -> str:
    """The file of the project that asks for packages."""
    import os

    return os.environ.get("TOWPATH_PACKAGES") or "requirements.txt"


def shortened(value: Any, limit: int = 60) -> str:
    """A value in few characters and one line."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except Exception as e:  # a user's own class may fail to show itself
        text = "a %s that cannot be shown (%s)" % (type(value).__name__, type(e).__name__)
    if isinstance(value, str):
        text = '"' + text + '"'
    text = "".join(c if c.isprintable() else "\\x%02x" % ord(c) for c in text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def nearest(name: str, names: "List[str]") -> Optional[str]:
    """The one of some names that somebody may have meant."""
    import difflib

    found = difflib.get_close_matches(name.lower(), [n.lower() for n in names], 1, 0.6)
    return next((n for n in names if found and n.lower() == found[0]), None)
