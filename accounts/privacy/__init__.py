"""A person's own data: told, handed out, and the end of an account."""
