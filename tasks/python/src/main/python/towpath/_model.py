"""Runs a model's ``build`` and sends back what it returned."""

import os
import socket
import sys
import types
from typing import Any, Dict, List

from towpath._context import Context
from towpath._errors import TowpathError


def build(channel: Any, order: Dict[str, Any], root: str, stage: List[str]) -> int:
    """Builds one model; the number of rows that it made. ``stage`` says how far it came."""
    module = load(order, root)
    function = getattr(module, "build", None)
    if not callable(function):
        raise TowpathError("%s defines no build(t)" % order["file"], "write a function: def build(t): ...")
    stage[0] = "build"
    context = Context(channel, order)
    result = function(context)
    from towpath._data import need

    need("pyarrow", "a model")
    from towpath._contract import Contract
    from towpath._frames import frames_of

    contract = Contract(order["columns"])
    rows = 0
    output = None
    try:
        for table in contract.enforce(frames_of(result)):
            if output is None:
                output = Output(channel, order, contract.schema)
            output.write(table)
            rows += table.num_rows
        if output is None:
            output = Output(channel, order, contract.schema)
        output.finish()
    finally:
        if output is not None:
            output.close()
    return rows


def load(order: Dict[str, Any], root: str) -> types.ModuleType:
    """Runs the model's file as a module of its own; its text is the host's, when that was sent along."""
    path = os.path.join(root, order["file"])
    text = order.get("text")
    if text is None:
        with open(path, "rb") as file:
            text = file.read()
    name = "towpath_model_" + order.get("name", "model").replace(".", "_")
    module = types.ModuleType(name)
    module.__file__ = path
    code = compile(text, path, "exec", dont_inherit=True)
    sys.modules[name] = module  # dataclasses and pickle look there
    exec(code, module.__dict__)
    return module


class Output:
    """The way back to the host: one Arrow stream over a socket of its own."""

    def __init__(self, channel: Any, order: Dict[str, Any], schema: Any) -> None:
        import pyarrow as pa

        channel.send({"event": "output", "id": order.get("id")})
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(order["output"])
        self._sink = pa.PythonFile(Sink(self._socket), mode="w")
        self._writer = pa.ipc.new_stream(self._sink, schema)

    def write(self, table: Any) -> None:
        self._writer.write_table(table)

    def finish(self) -> None:
        """Ends the stream; without this the host sees that it was cut off."""
        self._writer.close()

    def close(self) -> None:
        self._socket.close()


class Sink:
    """A file that sends what is written to it."""

    closed = False

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, data: Any) -> int:
        self._connection.sendall(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """The socket is closed by its owner."""
