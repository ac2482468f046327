"""What people do on the pages of accounts, for tests."""

from typing import Any

from captcha.models import CaptchaStore
from django.test import Client
from lxml import html

from accounts import secrets_by_sms
from accounts.models import User
from notifications.models import SmsMessage

APPLICANT = {
    "first_name": "محمد",
    "last_name": "حسینی",
    "mobile": "۰۹۱۲۱۲۳۴۵۶۷",
    "terms": "on",
}


def page(response: Any) -> Any:
    """The parsed page."""
    return html.fromstring(response.content.decode())


def text_of(response: Any) -> str:
    """All words of the main part of a page, in single spaces."""
    return " ".join(page(response).xpath("string(//main)").split())


def values(response: Any) -> dict[str, str]:
    """What the boxes of the page's form hold."""
    boxes = page(response).xpath("//main//form//input[@name]")
    return {box.get("name"): box.get("value") or "" for box in boxes}


def solved(response: Any) -> dict[str, str]:
    """The fields of the captcha on this page with the right answer."""
    found = values(response)
    if "captcha_pass" in found:
        return {"captcha_pass": found["captcha_pass"]}
    key = found["captcha_key"]
    answer = CaptchaStore.objects.get(hashkey=key).response
    return {"captcha_key": key, "captcha": answer}


def register(client: Client, **changes: str) -> Any:
    """Fill in and send the form of registration with a right captcha."""
    return client.post("/register/", {**APPLICANT, **solved(client.get("/register/")), **changes})


def secret_of(event: str) -> str:
    """What the worker would put into the newest message of this event."""
    message = SmsMessage.objects.filter(event=event).latest("pk")
    makers = {"login.code": secrets_by_sms._code}
    made = makers.get(event, secrets_by_sms._password)(message)
    return next(iter(made.values()))


def sign_in(client: Client, account: str, password: str, **more: str) -> Any:
    """Send the form of sign-in."""
    return client.post("/sign-in/", {"account": account, "password": password, **more})


def signed_in(client: Client) -> User | None:
    """Who is signed in in this browser by its session."""
    pk = client.session.get("_auth_user_id")
    return User.objects.filter(pk=pk).first() if pk else None
