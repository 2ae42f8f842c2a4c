"""What frameworks of security ask, who answers for each requirement, and what shows it."""
