"""Where images, packages and models come from, and whether they can change unseen."""
