"""What stands on the office's first page: each role's own work in figures, charts and tables."""
