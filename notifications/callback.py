"""The address that a provider calls when something became of a message.

Nothing is signed, so nothing is believed: a call only lets the next poll ask about the messages that it names. The
last part of the address is a secret (SEPTAM_SMS_CALLBACK_SECRET), which logs mask.
"""

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications import delivery

NAMES = ("messageid", "messageId", "MessageId", "id")
LONGEST_ID, MOST_IDS = 40, 200


@csrf_exempt  # its address holds a secret, and it only asks to be asked  # nosemgrep: form-without-its-token
@never_cache
@require_http_methods(["GET", "POST"])
def sms_status(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer 200 whatever is named, else the provider repeats the call for an hour; 404 without the secret."""
    known = settings.SMS_CALLBACK_SECRET
    if not known or not constant_time_compare(secret.encode(), known.encode()):
        raise Http404
    delivery.ask_soon(_ids(request))
    return HttpResponse("ok", content_type="text/plain")


def _ids(request: HttpRequest) -> list[str]:
    """The ids that the call names, in its address, its form or its JSON; what is no id is left out."""
    named = [value for fields in (request.GET, request.POST) for name in NAMES for value in fields.getlist(name)]  # fmt: skip
    if request.content_type == "application/json":
        named += _in_json(request.body)
    ids = [one.strip() for value in named for one in value.split(",")]
    return [one for one in ids if one.isascii() and one.isalnum() and len(one) <= LONGEST_ID][
        :MOST_IDS
    ]


def _in_json(body: bytes) -> list[str]:
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return []
    entries = found if isinstance(found, list) else [found]
    values = [entry.get(name) for entry in entries if isinstance(entry, dict) for name in NAMES]
    return [str(value) for value in values if isinstance(value, str | int)]
