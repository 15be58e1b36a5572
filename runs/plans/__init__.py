"""Over REST and in the admin: what a plan would have done, decided on and applied."""
