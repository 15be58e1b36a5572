"""What waits for a person, in one place: gates, writes cut in half, spent budgets."""
