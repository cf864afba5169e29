"""Whether a page can be seen, heard and operated by everybody, as far as axe can tell."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

from tests.browser.hand import quiet

LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
THEMES = ("dark", "light")
MOST = 5  # places of each fault that are named


def unreadable(page: Any) -> list[str]:
    """What breaks a rule of WCAG 2.2 A or AA, in both themes; the page is light afterwards."""
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        quiet(page)
        told = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}}).response
        for rule in told["violations"]:
            places = [f"{node['html'][:120]} ({node['failureSummary'][:200]})" for node in rule["nodes"][:MOST]]
            found.append(f"{theme}: {rule['id']}: {rule['help']}: " + "; ".join(places))
    return found
