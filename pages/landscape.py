"""The landscape: ideas, methods, other fields, benchmark, evaluation."""

from sslviz.exhibits.landscape import page

page.show()
