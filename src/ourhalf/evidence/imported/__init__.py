"""Results of other tools, as the findings that they are here: one file a format."""
