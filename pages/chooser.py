"""Which method for which situation."""

from sslviz.exhibits.chooser import page

page.show()
