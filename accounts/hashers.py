"""Argon2id with OWASP's parameters."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """19 MiB, two passes, two lanes: a tenth of Django's default cost, as strong as OWASP asks."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 2
