"""The advisory store: what is known of vulnerable packages, and which packages at hand it is about."""
