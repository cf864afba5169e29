"""Play with a trained masked autoencoder: hide what you like, and see what it paints there."""

from sslviz.views import room_mae

room_mae.show()
