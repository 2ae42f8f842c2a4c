"""What each kind of satellite resource adds to its target, one file a service."""
