"""Argon2id with OWASP's parameters, and the one form in which a typed password is hashed and compared."""

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

from septam.digits import to_latin
from septam.text import clean

# What libsodium reads: one lane, and no longer than its own hashes.
_ONE_LANE, _LONGEST = ",p=1$", 127
# Each computation holds 19 MiB: a crowd at the door must not eat the machine's memory.
_places = BoundedSemaphore(4)


def typed_password(raw: str) -> str:
    """The password without what a keyboard adds: digits in Latin, one ی and ک, no stray spaces or marks."""
    return to_latin(clean(raw))


class Argon2Hasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: a tenth of Django's default cost, as strong as OWASP asks; checked by libsodium."""

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
            _algorithm, _dollar, hashed = encoded.partition("$")
            if _ONE_LANE in hashed and len(hashed) < _LONGEST:
                return _fits(password, f"${hashed}")
            return super().verify(password, encoded)


def _fits(password: str, hashed: str) -> bool:
    """By libsodium, which computes the same function with the processor's wide registers: a quarter quicker."""
    # Loaded with the first check: a process that checks none does without.
    from nacl import bindings
    from nacl.exceptions import InvalidkeyError

    try:
        return bool(bindings.crypto_pwhash_str_verify(hashed.encode(), password.encode()))
    except InvalidkeyError:
        return False
