"""Where alerts can go, one file a kind."""
