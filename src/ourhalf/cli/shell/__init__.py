"""What commands share: one-line errors, files and terminals, progress."""
