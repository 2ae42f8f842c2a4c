"""What is recorded, and what leaves for others to see."""
