"""Support: what people write to the office, what it answers, and how each of them finds it."""
