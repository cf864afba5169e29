"""Masked autoencoder, live."""

from sslviz.views.method import page

page.show("mae")
