"""Maps of what a network sees: two side by side, of any runs and moments; what is picked on one is shown on all."""

from sslviz.exhibits.maps import page

page.show()
