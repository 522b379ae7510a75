"""Reads the outbox once for all viewers of this process and tells each what he may see."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.live import frames, outbox, topics
from gis.live.listener import Listener
from gis.live.stream import GRACE_SECONDS, Slot, Stream
from gis.live.topics import Accounts, News, Topic
from gis.problems import Unavailable

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

POLL_SECONDS = 5.0
"""The outbox is read so often whether or not a NOTIFY came; without a listener, each second."""
START_SECONDS = 3.0
"""How long start-up and early viewers wait for the database."""
LONGEST_DELAY = 5.0
"""Seconds between attempts to read while the database is away."""
PRUNE_SECONDS = 3600.0
GATHER_SECONDS = 0.01
"""After a reading, the next one waits for so long at least: each is a transaction that numbers events."""
WRITES_PER_SECOND = 8000
"""Of one process. With many viewers, events are gathered for longer, so that all writes together stay below."""
VIEWERS = 5000
"""Of one process; each takes some 13 kB of memory."""
MEMORY = 500
"""Newest events that are kept at hand for viewers who come back."""
BACKLOG = 2000
"""A viewer who missed more than this loads the snapshot again, which is less to send."""
NO_ANSWER = gettext_lazy("The database does not answer.")


class Hub:
    """All open streams of this process. Lives in the event loop; what waits for the database, in threads."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.cursor: int | None = None
        """Number of the last event that was offered to the streams; None until the database was reached."""
        self._recent: deque[News] = deque(maxlen=MEMORY)
        self._rights_changed: dict[int, int] = {}
        """Account → number of the event that told so last; a stream whose viewer was looked up earlier is stale."""
        self._threads = ThreadPoolExecutor(max_workers=3, thread_name_prefix="live")
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-outbox")
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        self._news = asyncio.Event()
        self._placed = asyncio.Event()
        self.listener = Listener(self._news.set, self._threads)
        jobs = (self.listener.run, self._follow, self._watch, self._forget)
        self._tasks = [asyncio.create_task(without_end(job)) for job in jobs]
        with contextlib.suppress(TimeoutError):
            await self._wait_for_place()

    def end_streams(self) -> None:
        """The server will stop: let every viewer go, and take no more."""
        self._stopping = True
        for stream in self.streams:
            stream.end()

    async def stop(self) -> None:
        self.end_streams()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for threads in (self._threads, self._reader):
            threads.shutdown(wait=False, cancel_futures=True)

    async def admit(self) -> int:
        """The place in the feed where a new viewer begins. Raises `Unavailable`."""
        if self._stopping:
            raise Unavailable(_("The service is being restarted."))
        if len(self.streams) >= VIEWERS:
            raise Unavailable(_("Too many maps are open right now."))
        try:
            return await self._wait_for_place()
        except TimeoutError:
            raise Unavailable(NO_ANSWER) from None

    async def join(self, stream: Stream, looked_up_at: int) -> None:
        """Offer *stream* what it has missed since `stream.after`, and from now on what happens.

        *looked_up_at*: an event's number before its viewer was looked up. Raises `Unavailable`.
        """
        assert self.cursor is not None
        while stream.after != self.cursor and not self._remembers(stream.after):
            upto = self.cursor
            missed = await self.in_thread(missed_events, stream.after, upto, list(stream.audiences))
            if missed is None or self.cursor < upto:
                stream.reset(self.cursor)
            else:
                for event in missed:
                    tell([stream], event)
                stream.after = max(stream.after, upto)
            if stream.after > self.cursor:
                break  # he comes from a process that is ahead of us: `offer` leaves out what he knows
        for event in self._recent:
            if event.number > stream.after:
                tell([stream], event)
        self.streams.add(stream)
        if stream.user_id is not None and self._rights_changed.get(stream.user_id, 0) > looked_up_at:
            stream.revoke()
        if self._stopping:
            stream.end()

    def leave(self, stream: Stream) -> None:
        self.streams.discard(stream)

    async def in_thread(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """*function*'s result, run where it may wait for the database. Raises `Unavailable`."""
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, lambda: with_fresh_connections(function, *args, **kwargs)
            )
        except DatabaseError as error:
            raise Unavailable(NO_ANSWER) from error

    def _remembers(self, number: int) -> bool:
        """Whether every event after *number* is at hand."""
        assert self.cursor is not None
        return bool(self._recent) and self._recent[0].number - 1 <= number <= self.cursor

    async def _wait_for_place(self) -> int:
        async with asyncio.timeout(START_SECONDS):
            await self._placed.wait()
        assert self.cursor is not None
        return self.cursor

    async def _follow(self) -> None:
        """Read and tell, whenever there is news and now and then in any case; until cancelled."""
        failures = 0
        while True:
            self._news.clear()
            try:
                events = await self._read()
            except DatabaseError as error:
                failures += 1
                if failures == 1:
                    log.warning("The outbox cannot be read: %s", error)
                await asyncio.sleep(min(0.2 * 2**failures, LONGEST_DELAY))
                continue
            if failures:
                log.warning("The outbox can be read again.")
                failures = 0
            self._tell_all(events)
            if events:
                await asyncio.sleep(max(GATHER_SECONDS, len(self.streams) / WRITES_PER_SECOND))
            if len(events) < outbox.PAGE:
                await self._wait_for_news()

    async def _read(self) -> list[News]:
        """The next events; the first call only finds out where the feed stands."""
        loop = asyncio.get_running_loop()
        newest, events = await loop.run_in_executor(self._reader, with_fresh_connections, next_events, self.cursor)
        if self.cursor is None:
            self.cursor = newest
            self._placed.set()
        elif newest < self.cursor:
            self._start_over(newest)
        return events

    async def _wait_for_news(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS if self.listener.listening else 1):
                await self._news.wait()

    def _tell_all(self, events: list[News]) -> None:
        for event in events:
            if event.topic == Accounts.name:
                self._revoke(int(event.key), event.number)
            tell(self.streams, event)
            self._recent.append(event)
            self.cursor = event.number

    def _revoke(self, user_id: int, number: int) -> None:
        """End the streams of an account whose rights have changed; they begin anew with those it has now."""
        self._rights_changed[user_id] = number
        for stream in self.streams:
            if stream.user_id == user_id:
                stream.revoke()

    def _start_over(self, newest: int) -> None:
        """The database was put back to an earlier state: what viewers hold may never have happened."""
        log.warning("The outbox ends at event %s, before event %s that was read.", newest, self.cursor)
        self._recent.clear()
        self._rights_changed.clear()
        self.cursor = newest
        for stream in self.streams:
            stream.reset(newest)

    async def _watch(self) -> None:
        """Each second: heartbeats, streams that have lived long enough, viewers who take nothing."""
        while True:
            await asyncio.sleep(1)
            now = asyncio.get_running_loop().time()
            for stream in list(self.streams):
                if now >= stream.end_at + GRACE_SECONDS:
                    stream.give_up()
                elif now >= stream.end_at:
                    stream.end()
                elif now >= stream.beat_at and self.cursor is not None:
                    stream.beat(self.cursor)

    async def _forget(self) -> None:
        """Each hour: prune the outbox, so that nobody has to remember it."""
        while True:
            await asyncio.sleep(PRUNE_SECONDS)
            try:
                await self.in_thread(forget_old_events)
            except Unavailable as problem:
                log.warning("The outbox could not be pruned: %s", problem.__cause__)


def tell(streams: Iterable[Stream], news: News) -> None:
    """Offer *news* to *streams*, made once for each audience among them; a topic that fails is left out."""
    topic = topics.find(news.topic)
    if topic is None:
        return
    made: dict[Hashable, bytes | None] = {}
    slot = slot_of(topic, news)
    for stream in streams:
        if news.topic not in stream.audiences:
            continue
        audience = stream.audiences[news.topic]
        if audience not in made:
            made[audience] = frame_for(topic, news, audience)
        frame = made[audience]
        if frame is not None:
            stream.offer(news.number, slot, frame)


def slot_of(topic: Topic, news: News) -> Slot:
    """What a later event takes the place of while it waits: the same kind and key where that tells all."""
    return (news.topic, news.kind, news.key) if news.kind in topic.superseding else news.number


def frame_for(topic: Topic, news: News, audience: Any) -> bytes | None:
    """The bytes that *audience* gets; None where it is not told."""
    try:
        payload = topic.shown(news, audience)
        return None if payload is None else frames.event(news, payload)
    except Exception:  # a fault in one topic must not silence the others
        log.exception("Topic %s cannot show event %s.", news.topic, news.number)
        return None


async def without_end(job: Callable[[], Awaitable[None]]) -> None:
    """Run *job*, which ends only by a fault of ours, again after each such end; until cancelled."""
    while True:
        try:
            await job()
        except Exception:  # a feed that stands still would look like a quiet night
            log.exception("A part of the live feed failed and begins again.")
            await asyncio.sleep(1)


def with_fresh_connections(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call *function* in a thread whose database connection may have died since it was last used."""
    close_old_connections()
    return function(*args, **kwargs)


def next_events(after: int | None) -> tuple[int, list[News]]:
    """The newest event's number, and the events after *after* (none where it is None)."""
    outbox.number_events()
    events = [] if after is None else outbox.read(after)
    return events[-1].number if events else outbox.span().newest, events


def missed_events(after: int, upto: int, only: list[str]) -> list[News] | None:
    """The events of *only* with *after* < number ≤ *upto*; None where a reset tells more.

    That is: some are pruned (looked at last, so that none is pruned unseen), they are too many, or *after*
    is a number that this outbox never gave.
    """
    events = outbox.read(after, upto, only, limit=BACKLOG + 1)
    kept = outbox.span()
    if len(events) > BACKLOG or not kept.oldest - 1 <= after <= kept.newest:
        return None
    return events


def forget_old_events() -> None:
    outbox.prune(timezone.now() - timedelta(hours=settings.LIVE_RETENTION_HOURS))
