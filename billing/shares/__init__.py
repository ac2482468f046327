"""The laboratories' share: `earned` says what a month brought, `statements` closes months, `sheets` writes them as files."""
