"""Empties the database behind a test that commits, in a tenth of the time that Django's own way takes.

`flush` truncates every table there is and makes all permissions anew: a fifth of a second, after each
of more than four hundred tests.
"""
