"""Keyed hashes of short secrets and numbers: whoever reads the database cannot try them out, and a new key ends none.

What was hashed under an earlier key is still found while that key stands in SEPTAM_SECRET_KEY_FALLBACKS.
"""

from collections.abc import Iterator

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac


def keyed_hash(salt: str, value: str) -> str:
    """Under the present key; `salt` says what the value is."""
    return salted_hmac(salt, value, algorithm="sha256").hexdigest()


def keyed_hashes(salt: str, value: str) -> Iterator[str]:
    """Under the present key, then under each earlier one."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield salted_hmac(salt, value, secret=key, algorithm="sha256").hexdigest()


def is_hash_of(salt: str, value: str, kept: str) -> bool:
    """Whether what is kept is this value's hash, under whichever key. An empty one is nobody's."""
    same = [constant_time_compare(one, kept) for one in keyed_hashes(salt, value)]
    return bool(kept) and any(same)
