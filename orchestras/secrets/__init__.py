"""Secrets for programs: set, told about and deleted over REST, shown never; and who asks for them by name."""
