"""The portal's settings in test mode, whatever the shell's environment says; processes that a test starts inherit it."""

import os

os.environ["SEPTAM_MODE"] = "test"
os.environ["CACHE_URL"] = ""

from septam.settings import *  # noqa: F403
from septam.settings import PASSWORD_HASHERS

# Nearly every test makes people, and argon2 costs more than all the rest of most tests. Those that are about it say so.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
