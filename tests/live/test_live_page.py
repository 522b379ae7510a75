"""docs/live.md tells what is there."""

import re

from gis.environment import ROOT
from gis.live import hub, stream, topics
from gis.live.listener import APPLICATION_NAME
from support.near_server import Boats

PAGE = (ROOT / "docs" / "live.md").read_text(encoding="utf-8")


def rows() -> list[list[str]]:
    """Cells of the table of topics."""
    table = PAGE.partition("## Topics")[2].partition("**assets**")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("|")][2:]


def test_every_topic_stands_on_the_page() -> None:
    assert sorted(name for row in rows() if (name := row[0].strip("`"))) == sorted(
        set(topics.declared()) - {Boats.name}
    )


def test_the_page_knows_which_kinds_supersede() -> None:
    told: dict[str, set[str]] = {}
    name = ""
    for first, _state, kind, _key, _payload, supersedes in rows():
        name = first.strip("`") or name
        told.setdefault(name, set()).update({kind.strip("`")} if supersedes == "yes" else ())
    assert told == {name: set(topic.superseding) for name in told if (topic := topics.find(name))}


def test_the_page_knows_the_limits() -> None:
    text = re.sub(r"\s+", " ", PAGE)
    assert f"After {stream.HEARTBEAT_SECONDS:.0f} seconds without news" in text
    assert f"After 9 to {stream.LIFE_SECONDS / 60:.0f} minutes" in text
    assert f"between {stream.RETRY_MS[0] // 1000} and {stream.RETRY_MS[1] // 1000} seconds" in text
    assert f"missed more than {hub.BACKLOG:,}".replace(",", " ") in text
    assert f"takes {hub.VIEWERS:,} viewers".replace(",", " ") in text
    assert f"at most {hub.WRITES_PER_SECOND:,} times a second".replace(",", " ") in text
    assert APPLICATION_NAME in text
