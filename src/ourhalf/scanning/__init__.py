"""Model files alone: in folders, images, buckets and copies of a hub's repositories."""
