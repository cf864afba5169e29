"""sslviz: a laboratory for self-supervised learning that runs in a browser."""
