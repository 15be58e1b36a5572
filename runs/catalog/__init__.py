"""The catalog: what a workspace can do, who uses it, whether it works, and a way to try it."""
