"""Where model files lie besides paths, one file a kind of place."""
