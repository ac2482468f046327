"""Argon2id with OWASP's parameters, and the one form in which a typed password is hashed and compared."""

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

from septam.digits import to_latin
from septam.text import clean

# Each computation holds 19 MiB: a crowd at the door must not eat the machine's memory.
_places = BoundedSemaphore(4)


def typed_password(raw: str) -> str:
    """The password without what a keyboard adds: digits in Latin, one ی and ک, no stray spaces or marks."""
    return to_latin(clean(raw))


class Argon2Hasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: a tenth of Django's default cost, as strong as OWASP asks."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """The hash; at most four are computed at a time in a process."""
        with _places:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether the password fits; at most four are computed at a time in a process."""
        with _places:
            return super().verify(password, encoded)
