"""Secrets for programs: set, told about and deleted over REST, shown never."""
