"""Auditions: a changed agent at recorded inputs, beside the one in use, before it is saved."""
