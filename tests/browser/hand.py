"""What a hand does on every page."""

import re


def press(page, name: str) -> None:
    """A button of the page: Streamlit has a "Stop" of its own, at the top, while a script runs."""
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name=re.compile(name)).first.click()
