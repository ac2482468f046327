"""Makes somebody who is signed in at the bare project; prints the session keys. Run with the bare settings.

python -m bench.bare.seed PEOPLE
"""

import json
import sys

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore


def session_of(number: int) -> str:
    """The key of a new person's session."""
    user = User.objects.create_user(f"person{User.objects.count()}-{number}")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    print(json.dumps([session_of(number) for number in range(int(sys.argv[1]))]))
