"""What an image shows besides packages, one file a subject."""
