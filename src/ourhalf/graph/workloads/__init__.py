"""What each kind of definition looks like when it runs, one file a service."""
