"""The databases that rpm keeps its packages in, each read by what is published of its format."""
