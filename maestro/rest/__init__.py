"""What every resource of the REST API shares: shapes, cursors, entity tags."""
