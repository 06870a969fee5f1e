"""Towpath for Python: what models get as ``t``, and a client that reads a project's tables."""

from towpath._client import Lake, Result, connect
from towpath._context import Context
from towpath._data import Table
from towpath._errors import ContractError, MissingPackage, Problem, ReadError, TowpathError
from towpath._job import context

try:
    from towpath._version import __version__
except ModuleNotFoundError:  # run from a checkout, where no build has written it
    __version__ = "0"

__all__ = [
    "Context",
    "ContractError",
    "Lake",
    "MissingPackage",
    "Problem",
    "ReadError",
    "Result",
    "Table",
    "TowpathError",
    "__version__",
    "connect",
    "context",
]
