"""The one port: the event stream goes to the hub, everything else to Django in its threads."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings")
django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402  (the applications must be ready)

from gis.live.endpoint import serve  # noqa: E402
from gis.live.hub import Hub  # noqa: E402
from gis.maps import grid_check  # noqa: E402
from gis.maps.drawing import pictures  # noqa: E402
from gis.wsgi_threads import DjangoThreads, Receive, Scope, Send  # noqa: E402

log = logging.getLogger(__name__)

STREAM_PATHS = ("/live/", "/live")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
GRACEFUL_SECONDS = 2
"""What a server that was given no limit waits at its end for answers that are still being sent."""


class Dispatcher:
    """One per process."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.django = DjangoThreads(django_application, settings.WEB_THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"].removeprefix(scope.get("root_path", "")) in STREAM_PATHS:
            await serve(self.hub, scope, receive, send)
        else:
            await self.django(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        restore = before_the_server_stops(self.hub.end_streams)
        await self.hub.start()
        warming = asyncio.get_running_loop().run_in_executor(None, prepare_drawing)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        restore()
        await self.hub.stop()
        await self.django.close()
        await warming
        pictures.close()
        await send({"type": "lifespan.shutdown.complete"})


def prepare_drawing() -> None:
    """Start the drawing processes, and say loudly when an engine would put things elsewhere on the legal grid."""
    try:
        pictures.warm()
        wrong = grid_check.disagreements()
    except Exception:
        log.exception("The drawing processes could not be prepared; they are tried again with the first picture.")
        return
    if wrong:
        log.critical("These engines disagree about the legal grid, do not trust their positions: %s", ", ".join(wrong))


def before_the_server_stops(prepare: Callable[[], None]) -> Callable[[], None]:
    """Have *prepare* called in the event loop when the process is told to stop; returns what undoes that.

    The server says so to its applications only after every response has ended, which streams never do by
    themselves. So its signal handlers are preceded by ours; a server in a thread has none.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    loop = asyncio.get_running_loop()
    theirs = {number: signal.getsignal(number) for number in STOP_SIGNALS}

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(prepare)
        handler = theirs[signal.Signals(number)]
        limit_patience(getattr(handler, "__self__", None))
        if callable(handler):
            handler(number, frame)

    for number in STOP_SIGNALS:
        signal.signal(number, stop)

    def restore() -> None:
        for number, handler in theirs.items():
            if signal.getsignal(number) is stop:
                signal.signal(number, handler)

    return restore


def limit_patience(server: Any) -> None:
    """uvicorn waits for ever for a client that takes nothing, unless it was started with a limit."""
    config = getattr(server, "config", None)
    if config is not None and getattr(config, "timeout_graceful_shutdown", 0) is None:
        config.timeout_graceful_shutdown = GRACEFUL_SECONDS


application = Dispatcher()
