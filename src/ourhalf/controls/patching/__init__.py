"""Whether what runs is still patched."""
