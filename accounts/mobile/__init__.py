"""The mobile of an account: how it becomes another, by whom, and whether it is still the same person's."""
