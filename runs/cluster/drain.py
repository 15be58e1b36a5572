"""One event shared by every process that is forked from a cluster: stop taking work."""

import multiprocessing

DRAIN = multiprocessing.get_context("fork").Event()
