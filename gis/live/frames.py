"""Bytes of the event stream (`text/event-stream`, HTML Living Standard §9.2)."""

import json

from django.core.serializers.json import DjangoJSONEncoder

from gis.live.topics import News, Payload


def greeting(retry_ms: int, number: int) -> bytes:
    """How long to wait before a new try, and where to go on from if the line breaks before any news."""
    return f"retry: {retry_ms}\nid: {number}\n\n".encode()


def event(news: News, payload: Payload) -> bytes:
    data = {"kind": news.kind, "key": news.key, "payload": payload, "at": news.at}
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return f"id: {news.number}\nevent: {news.topic}\ndata: {text}\n\n".encode()


def reset(number: int) -> bytes:
    """Tell a viewer that events up to *number* were left out: what it holds is old, the snapshot is not."""
    return f"id: {number}\nevent: reset\ndata: {{}}\n\n".encode()


def heartbeat(number: int) -> bytes:
    """A comment that keeps the line open, and how far the viewer is although nothing concerned it."""
    return f": {number}\nid: {number}\n\n".encode()
