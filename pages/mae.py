"""Masked autoencoder, live."""

from sslviz.views import lesson

lesson.show("mae")
