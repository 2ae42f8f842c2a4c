"""What an inventory can be written as, one file a format."""
