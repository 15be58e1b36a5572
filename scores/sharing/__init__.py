"""Agents and the scores that share them, over REST: pin, fork, swap, merge, promote."""
