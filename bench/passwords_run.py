"""CPU seconds of a check of a password by our hasher and by Django's; prints JSON."""

import json
import time

import django

django.setup()

from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts.hashers import Argon2Hasher

TIMES = 5


def cost(hasher: Argon2PasswordHasher) -> float:
    """Of one check."""
    encoded = hasher.encode("گذرواژه ۱۲۳", "a" * 22)
    hasher.verify("گذرواژه ۱۲۳", encoded)
    before = time.process_time()
    for _number in range(TIMES):
        hasher.verify("گذرواژه ۱۲۴", encoded)
    return (time.process_time() - before) / TIMES


if __name__ == "__main__":
    print(json.dumps({"ours": cost(Argon2Hasher()), "djangos": cost(Argon2PasswordHasher())}))
