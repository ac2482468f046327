"""What writers and staff do in conversations, for tests."""

from typing import Any

from django.test import Client
from lxml import html

from accounts.models import User
from notifications.models import SmsMessage
from portal.models import SupportThread
from portal.support import codes, threads
from portal.support.threads import Draft
from tests.accounts.steps import solved

STRANGER = {
    "subject": "sms",
    "text": "پیامک رمز من نرسیده است.",
    "name": "رضا احمدی",
    "mobile": "۰۹۱۲ ۷۶۵ ۴۳ ۲۱",
}


def stranger_writes(client: Client, **changes: str) -> Any:
    """Somebody fills in the form without signing in, with a right captcha."""
    form = client.get("/support/write/")
    return client.post("/support/write/", {**STRANGER, **solved(form), **changes})


def make_thread(owner: User | None = None, **fields: Any) -> SupportThread:
    """A conversation with its first message; without an owner it is Reza's, by his mobile."""
    values = {"subject": "result", "text": "به نتیجه بازدید اعتراض دارم.", **fields}
    if owner is None:
        values = {"mobile": "09127654321", "name": "رضا احمدی", **values}
    return threads.begin(Draft(**values), owner)


def code_of() -> str:
    """What the worker would put into the newest SMS with a code of support."""
    return codes.secret_of(SmsMessage.objects.filter(event="support.code").latest("pk"))["code"]


def desk_of(thread: SupportThread) -> str:
    """The address of its page in the office."""
    return f"/office/portal/supportthread/{thread.pk}/change/"


def hidden(response: Any) -> dict[str, str]:
    """The hidden fields of the page's form: what it has seen, and its key."""
    boxes = html.fromstring(response.content.decode()).xpath(
        "//main//input[@type='hidden'] | //*[@id='content-main']//input[@type='hidden']"
    )
    return {box.get("name"): box.get("value") or "" for box in boxes}
