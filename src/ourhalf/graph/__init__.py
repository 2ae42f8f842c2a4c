"""Resources joined into what runs, and what can reach it."""
