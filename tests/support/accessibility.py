"""axe-core in a page: what would keep somebody from using it.

`assert_accessible(page)` in a browser test names every serious or critical fault of the page as it stands.
"""

from typing import Any

from playwright.sync_api import Page

from gis.environment import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
FAULTS = """async within => {
  const found = await axe.run(within ?? document, { resultTypes: ['violations'] });
  return found.violations.map(({ id, impact, help, nodes }) => ({
    id, impact, help, nodes: nodes.map(node => `${node.target.join(' ')}: ${node.failureSummary}`),
  }));
}"""


def faults(page: Page, within: str | None = None) -> list[dict[str, Any]]:
    """What axe-core finds wrong in *page*, or in the part that the selector *within* names; every impact."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(FAULTS, within)
    return found


def assert_accessible(page: Page, within: str | None = None) -> None:
    """Fail with the page's serious and critical faults."""
    grave = [fault for fault in faults(page, within) if fault["impact"] in GRAVE]
    told = [f"{one['impact']} {one['id']}: {one['help']}\n  " + "\n  ".join(one["nodes"]) for one in grave]
    assert not told, "\n".join(told)
