"""CSV import of the reference data that staff keep: a dry run that says what would be, then all of it or nothing."""
