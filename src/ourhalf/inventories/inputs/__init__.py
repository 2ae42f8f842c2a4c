"""What an inventory can be read from, one file a format."""
