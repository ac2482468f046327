"""Django's Postgres engine with a cheaper look at a kept connection (`base` is the name that Django loads)."""
