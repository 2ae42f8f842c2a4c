"""Where images are read from, one file a kind of place."""
