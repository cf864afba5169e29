"""What lies behind a door of the navigation, as cards."""
