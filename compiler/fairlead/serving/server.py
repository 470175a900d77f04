"""KServe's own server, on an address of this machine, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from fairlead.serving.codes import PORT_TAKEN
from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.source.places import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fairlead.serving.models import Served
    from fairlead.serving.networks import Network
    from fairlead.serving.payloads import Keeper

GRACE = 10
"""Seconds that requests in flight have when the server is told to stop."""
_APP = "kserve.model_server:app"


def free_port(host: str, port: int, place: Place) -> int:
    """The port, or a free one for 0. Raises Refused where it can't be used."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(address)
            return int(taken.getsockname()[1])
    except OSError as error:
        message = f"{host}:{port} can't be used: {(error.strerror or str(error)).lower()}"
        raise Refused([Diagnostic(PORT_TAKEN, place, message, "serve on another one with --port; 0 is any")]) from error


@contextmanager
def plain_arguments() -> Iterator[None]:
    """KServe reads the command line where it is imported, and this one is not its."""
    given = sys.argv
    sys.argv = given[:1]
    try:
        yield
    finally:
        sys.argv = given


def serve(model: Served | Network, host: str, port: int, keeper: Keeper | None, ready: Callable[[], None]) -> None:
    """Serves a model until SIGINT or SIGTERM; `ready` is called when it answers. Requests in flight are answered."""
    with plain_arguments():
        from kserve import ModelServer
        from kserve.model_server import app
        from kserve.protocol.rest.server import RESTServer

    from fairlead.serving.payloads import Logged

    models = ModelServer(http_port=port, enable_grpc=False, enable_latency_logging=False)
    models.register_model(model)
    if keeper is not None:
        app.add_middleware(Logged, keeper=keeper)
    server: Any = RESTServer(
        _APP, models.dataplane, models.model_repository_extension, port, grace_period=GRACE, event_loop="asyncio"
    )
    # KServe listens on all addresses, as a Pod must; a laptop must not.
    server.config.host = host

    async def run() -> None:
        told = asyncio.create_task(_tell(host, port, ready))
        try:
            await server.start()
        finally:
            told.cancel()
            with suppress(asyncio.CancelledError):
                await told

    _quiet()
    with _stopping(), suppress(KeyboardInterrupt):
        asyncio.run(run())


@contextmanager
def _stopping() -> Iterator[None]:
    """uvicorn stops in good order, and then raises the signal again for whoever waits for it: nobody does."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {each: signal.signal(each, lambda *_: None) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _quiet() -> None:
    """A line for each request and each failure, on standard error: not KServe's timings, and no tracebacks."""
    warnings.filterwarnings("ignore", message="ORJSONResponse is deprecated")
    logging.getLogger("kserve.trace").setLevel(logging.WARNING)
    for name in ("kserve", "uvicorn", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger(name).addFilter(_in_one_line)
    for handler in logging.getLogger("uvicorn.access").handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(sys.stderr)


def _in_one_line(record: logging.LogRecord) -> bool:
    if record.exc_info and record.exc_info[1] is not None:
        error = record.exc_info[1]
        record.msg, record.args, record.exc_info = f"{type(error).__name__}: {error}".splitlines()[0], (), None
    return True


async def _tell(host: str, port: int, ready: Callable[[], None]) -> None:
    """Calls `ready` once somebody answers."""
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        ready()
        return
