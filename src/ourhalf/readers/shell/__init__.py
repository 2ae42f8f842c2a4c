"""Shell scripts, as far as they start containers. Nothing is run: words are expanded where they can be."""
