"""What assessments found over time, and exactly what changed between them."""
