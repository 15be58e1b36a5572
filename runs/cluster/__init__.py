"""The processes: a watchdog parent, django-q2's cluster under it, and the thread that keeps time."""
