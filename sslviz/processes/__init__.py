"""The processes beside the server: who starts them, and those that evaluate and draw maps."""
