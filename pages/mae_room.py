"""Play with a trained masked autoencoder: hide what you like, and see what it paints there."""

from sslviz.exhibits.mae_room import page

page.show()
