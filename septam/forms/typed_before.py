"""What somebody typed into a form that could not be taken: kept in the session, and shown again on the same page.

It is kept when the session had ended meanwhile, when the form's token was of an earlier sign-in, and as one goes on a long
form. Nothing is sent again by itself: the form comes back as it was, and its button has to be pressed. It is
shown to the person who typed it alone, whom a signed cookie names even after the session's end.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, resolve_url
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from septam import clock

View = Callable[..., HttpResponse]
PERSON_COOKIE = "septam_person"
PERSON_AGE = timedelta(days=60)
# Sent beside the fields by a script that only keeps; a browser that leaves the page may send no header of its own.
KEEP_FIELD = "septam_keep"
# The button that throws away what is kept; it may stand on any page.
DROP_FIELD = "septam_drop"
_SESSION = "typed_before"
_LASTS = timedelta(hours=24)
_MOST_FORMS, _MOST_LETTERS = 4, 20_000
# What no page shows again: it is true once, or a secret.
_NEVER = ("csrfmiddlewaretoken", "answer", "search", "password", "captcha", KEEP_FIELD, DROP_FIELD)

_shown: ContextVar[QueryDict | None] = ContextVar("typed_before", default=None)


def being_shown() -> QueryDict | None:
    """What the form of the page that is being answered shall show, if something was kept for it."""
    return _shown.get()


def keeps_what_was_typed(view: View) -> View:
    """For the page of a form whose text is worth keeping; the outermost decorator. Not for pages that ask for secrets."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return _sent(view, request, *args, **kwargs)
        with _showing(_take_out(request)) as typed:
            if typed is not None:
                messages.info(request, _told())
            return view(request, *args, **kwargs)

    answer.keeps_what_was_typed = True  # type: ignore[attr-defined]  # read by `come_again`
    return answer


def _sent(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    if DROP_FIELD in request.POST:
        _forget(request)
        messages.success(request, _("The half-filled form is thrown away."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    if request.user.is_authenticated and KEEP_FIELD in request.POST:
        _keep(request)
        return HttpResponse(status=204)
    response = view(request, *args, **kwargs)
    leads_on = response.status_code in (302, 303)
    if leads_on and not response["Location"].startswith(resolve_url(settings.LOGIN_URL)):
        _forget(request)
    elif not request.user.is_authenticated:
        _keep(request)
    return response


@contextmanager
def _showing(typed: QueryDict | None) -> Iterator[QueryDict | None]:
    token = _shown.set(typed)
    try:
        yield typed
    finally:
        _shown.reset(token)


def _told() -> str:
    text = _(
        "What you typed before is here again and was not sent; look at it and press the button."
    )
    return format_html('{} <a href="?fresh=1">{}</a>', text, _("Begin anew"))


def come_again(request: HttpRequest) -> HttpResponse | None:
    """For a form of ours whose token is of an earlier sign-in: its page again, with what was typed; else None."""
    match = request.resolver_match
    if match is None or not getattr(match.func, "keeps_what_was_typed", False):
        return None
    if not _is_from_here(request) or not _keep(request):
        return None
    return redirect(request.path)


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours sent the form: another site's is never shown as the person's own."""
    here = f"{request.scheme}://{request.get_host()}"  # compared alone  # nosemgrep: name-of-the-host-from-the-request
    origin, referer = request.headers.get("Origin"), request.headers.get("Referer", "")
    return origin == here if origin is not None else referer.startswith(f"{here}/")


@sensitive_variables()
def _keep(request: HttpRequest) -> bool:
    """Keep the form for whom it belongs to; False where that is nobody known, or the form is empty or too long."""
    person = request.user.pk or _person_of_cookie(request)
    names = [name for name in request.POST if not name.startswith(_NEVER)]
    typed = {name: request.POST.getlist(name) for name in names}
    letters = sum(len(text) for texts in typed.values() for text in texts)
    if person is None or not 0 < letters <= _MOST_LETTERS:
        return False
    kept = request.session.get(_SESSION, {})
    kept.pop(request.path, None)
    kept[request.path] = {"for": person, "at": clock.now().timestamp(), "typed": typed}
    request.session[_SESSION] = dict(list(kept.items())[-_MOST_FORMS:])
    return True


def drafts(request: HttpRequest) -> dict[str, dict[str, list[str]]]:
    """What is kept for this person: the texts of each field, by the address of the form."""
    kept = request.session.get(_SESSION, {}) if request.user.is_authenticated else {}
    return {path: one["typed"] for path, one in kept.items() if _is_theirs(request, one)}


def _is_theirs(request: HttpRequest, one: dict[str, Any]) -> bool:
    age = clock.now().timestamp() - one["at"]
    return one["for"] == request.user.pk and age <= _LASTS.total_seconds()


def _take_out(request: HttpRequest) -> QueryDict | None:
    """What was kept for this page and person. It stays kept until the form is taken, or given up by «از نو»."""
    if not request.user.is_authenticated or request.path not in request.session.get(_SESSION, {}):
        return None
    one = request.session[_SESSION][request.path]
    if not _is_theirs(request, one) or "fresh" in request.GET:
        _forget(request)
        return None
    typed = QueryDict(mutable=True)
    for name, texts in one["typed"].items():
        typed.setlist(name, texts)
    return typed


def _forget(request: HttpRequest) -> None:
    kept = request.session.get(_SESSION, {})
    if kept.pop(request.path, None) is not None:
        request.session[_SESSION] = kept


def remember_person(response: HttpResponse, person: int, *, shared: bool) -> None:
    """Note in the browser who signed in last: a shared device forgets it with its session."""
    response.set_cookie(
        PERSON_COOKIE, signing.dumps(person, salt=PERSON_COOKIE), httponly=True, samesite="Lax",
        max_age=None if shared else PERSON_AGE, secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def _person_of_cookie(request: HttpRequest) -> int | None:
    try:
        found = signing.loads(
            request.COOKIES.get(PERSON_COOKIE, ""), salt=PERSON_COOKIE, max_age=PERSON_AGE
        )
    except signing.BadSignature:
        return None
    return found if isinstance(found, int) else None
