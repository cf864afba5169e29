"""Where a vision transformer looks: any picture, any recorded moment."""

from sslviz.exhibits.attention import page

page.show()
