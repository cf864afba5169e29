"""The pictures behind the cells of plot_page.py."""

import numpy as np

from sslviz.figures import sheet

SHEET = sheet.contact_sheet(np.random.default_rng(0).integers(0, 255, (8, 32, 32, 3), dtype=np.uint8), columns=4)
