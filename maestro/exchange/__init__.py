"""Scores with their agents and orchestras as one document: out of a workspace, and into one."""
