"""What an image reference says: its parts, and which deep-learning container it names."""
