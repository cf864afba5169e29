"""Every figure that a test here draws is checked by plotly."""

import pytest


@pytest.fixture(autouse=True)
def checked(every_figure_is_valid: None) -> None:
    pass
