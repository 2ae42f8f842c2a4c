"""Model files: what they are by their content, and whether loading them can only build data."""
