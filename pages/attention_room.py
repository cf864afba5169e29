"""Where a vision transformer looks: any picture, any recorded moment."""

from sslviz.views import room_attention

room_attention.show()
