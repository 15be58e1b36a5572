"""Over REST and in the admin: playing a run again, and repairing it."""
