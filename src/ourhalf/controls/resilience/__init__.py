"""What keeps work going when something breaks."""
