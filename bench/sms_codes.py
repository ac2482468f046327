"""Asks for sign-in codes as owners do, so many a second; prints the messages' numbers with the moments of their rows.

python -m bench.sms_codes COUNT A_SECOND
"""

import json
import sys
import time

import django

django.setup()

from accounts import login_codes
from accounts.models import User
from notifications.models import SmsMessage


def ask(number: int) -> tuple[int, float]:
    """One owner's code, in the outbox now."""
    first = 1_000 * (time.time_ns() // 10**9 % 9_000)
    user = User.objects.create_user(f"bench{first + number}", None, mobile=f"0914{first + number:07}")  # fmt: skip
    login_codes.request(user)
    return SmsMessage.objects.filter(user=user).latest("pk").pk, time.time()


if __name__ == "__main__":
    count, a_second = map(int, sys.argv[1:3])
    made = []
    for number in range(count):
        made.append(ask(number))
        time.sleep(1 / a_second)
    print(json.dumps(made))
