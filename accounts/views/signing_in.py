"""Pages of «ورود»: with a password, with a one-time code, and out again."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import asked_sms, limits, login_codes, signing_in
from accounts.forms import CodeForm, CodeRequestForm, IdEndForm, SignInForm
from accounts.limits import Secret
from accounts.mobile import still_theirs
from accounts.models import User
from accounts.second_factor import devices
from septam.forms import typed_before
from septam.throttle import hit

# The codes that this session asked for: their rows (none for nobody), what counts their tries, what was ticked.
CODE = "login_codes"
# What marks the message of somebody who has just left.
SIGNED_OUT = "signed-out"


def safe_next(request: HttpRequest) -> str:
    """The page of ours that the visitor was on the way to; empty for none, or for another site's."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if not target.startswith("/"):
        return ""  # a name, not a path: redirect() would look for a page of this name
    # Without a host: a path is asked for.
    return target if url_has_allowed_host_and_scheme(target, None) else ""


def _own_front_page(user: Any) -> str:
    return "admin:index" if user.is_staff else "portal:places"


def _onward(request: HttpRequest, user: User, *, shared: bool, by_code: bool) -> HttpResponse:
    if still_theirs.must_show(request, user, by_code=by_code):
        still_theirs.remember(
            request, user, shared=shared, by_code=by_code, next=safe_next(request)
        )
        return redirect("accounts:still_theirs")
    return _in(request, user, shared=shared, by_code=by_code)


def _in(request: HttpRequest, user: User, *, shared: bool, by_code: bool) -> HttpResponse:
    target = safe_next(request) or _own_front_page(user)
    signing_in.begin(request, user, shared=shared, by_code=by_code)
    asked_sms.forget(request)
    request.session.pop(CODE, None)
    response = redirect(target)
    typed_before.remember_person(response, user.pk, shared=shared)
    if not shared:
        limits.remember_device(response, user.pk)
    return response


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form; then where the visitor was going, else «محل من»."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(safe_next(request) or _own_front_page(request.user))
        asked = asked_sms.newest(request, *asked_sms.PASSWORDS)
        form = SignInForm(initial={"account": asked.account if asked else ""})
        return _sign_in_page(request, form)
    form = SignInForm(request.POST)
    user = _let_in(request, form) if form.is_valid() else None
    if user is None:
        return _sign_in_page(request, form)
    return _onward(request, user, shared=form.cleaned_data["shared"], by_code=False)


def _let_in(request: HttpRequest, form: SignInForm) -> User | None:
    named = signing_in.find(form.cleaned_data["account"])
    answer = signing_in.by_password(request, named, form.cleaned_data["password"])
    if not answer.verdict.allowed:
        client = limits.client_of(request, named.user.pk if named.user else None)
        code_wait = limits.wait_to_send(Secret.CODE, named.text.lower(), client)
        form.add_error(None, limits.sign_in_wait_message(answer.verdict, code_wait))
        form.waits = not code_wait  # type: ignore[attr-defined]  # the page then offers the way by code
    elif answer.user is None:
        form.add_error(
            None, _("The mobile number (or username) and the password do not fit together.")
        )
    return answer.user


def _sign_in_page(request: HttpRequest, form: SignInForm) -> HttpResponse:
    told = _told(request, *asked_sms.PASSWORDS)
    context = {"form": form, "told": told, "next": safe_next(request)}
    return render(request, "accounts/sign_in.html", context)


def _told(request: HttpRequest, *whys: str) -> asked_sms.Told | None:
    asked = asked_sms.newest(request, *whys)
    return asked_sms.told(request, asked) if asked else None


@require_safe
def sms_where(request: HttpRequest) -> HttpResponse:
    """«پیامک من کجاست؟»: where the messages are that this browser asked for."""
    told_of = [asked_sms.told(request, asked) for asked in asked_sms.asks(request)]
    is_hidden = any(told.standing is None for told in told_of)
    context = {"told_of": told_of, "is_hidden": is_hidden}
    return render(request, "accounts/sms_where.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for a code by SMS; the next page is the same whether there is such an account."""
    form = CodeRequestForm(
        request.POST or None, initial={"account": request.GET.get("account", "")[:60]}
    )
    if request.method == "POST" and form.is_valid() and _code_asked(request, form):
        target = safe_next(request)
        query = f"?{urlencode({'next': target})}" if target else ""
        return redirect(resolve_url("accounts:sign_in_code_enter") + query)
    return render(request, "accounts/sign_in_code.html", {"form": form, "next": safe_next(request)})


def _code_asked(request: HttpRequest, form: CodeRequestForm) -> bool:
    named = signing_in.find(form.cleaned_data["account"])
    client = limits.client_of(request, named.user.pk if named.user else None)
    verdict = limits.may_send(Secret.CODE, named.text.lower(), client)
    if not verdict.allowed:
        form.add_error(None, limits.wait_message(verdict))
        return False
    mobile = named.user.mobile if named.user else None
    new = []
    if (
        named.user
        and mobile
        and (mobile == named.text or limits.may_send(Secret.CODE, mobile, client).allowed)
    ):
        new = [login_codes.request(named.user).pk]
    before = request.session.get(CODE, {})
    earlier = before["devices"] if before.get("subject") == named.subject else []
    request.session[CODE] = {
        "devices": (new + earlier)[: login_codes.MOST_LIVE],
        "subject": named.subject,
        "tries": secrets.token_hex(8),
        "shared": form.cleaned_data["shared"],
    }
    asked_sms.note(request, asked_sms.CODE, named.text, named.user)
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code_enter(request: HttpRequest) -> HttpResponse:
    """The code that came; only the session that asked for it can use it."""
    asked: dict[str, Any] | None = request.session.get(CODE)
    if asked is None:
        return redirect("accounts:sign_in_code")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = _of_code(request, asked, form)
        if user is not None:
            return _onward(request, user, shared=asked["shared"], by_code=True)
    told = _told(request, asked_sms.CODE)
    context = {"form": form, "told": told, "next": safe_next(request)}
    return render(request, "accounts/sign_in_code_enter.html", context)


def _of_code(request: HttpRequest, asked: dict[str, Any], form: CodeForm) -> User | None:
    """Whom the typed code lets in: the try is counted, then compared; None with the reason on the form."""
    verdict = hit(limits.TRY_CODE_ADDRESS, limits.address_key(request))
    if not verdict.allowed:
        form.add_error("code", limits.wait_message(verdict))
        return None
    if not hit(limits.TRY_CODE, asked["tries"]).allowed:
        form.add_error(None, limits.code_void_message())
        return None
    user = login_codes.use_any(asked["devices"], form.cleaned_data["code"])
    if user is None:
        form.add_error("code", limits.wrong_code_message())
    return user


@require_http_methods(["GET", "HEAD", "POST"])
def still_theirs_page(request: HttpRequest) -> HttpResponse:
    """After a long absence: the end of the national id, so that a number's new holder gets no further."""
    kept = still_theirs.asked(request)
    user = User.objects.filter(pk=kept.get("user", 0), is_active=True).first()
    if user is None:
        return redirect("accounts:sign_in")
    form = IdEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verdict, passed = still_theirs.check(request, user, form.cleaned_data["national_id_end"])
        if passed:
            return _in(request, user, shared=kept["shared"], by_code=kept["by_code"])
        problem = _("The digits do not fit this account.")
        form.add_error(
            "national_id_end", problem if verdict.allowed else limits.wait_message(verdict)
        )
    return render(request, "accounts/still_theirs.html", {"form": form, "next": kept["next"]})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out of this browser."""
    logout(request)
    return _nothing_left(request, _("You have signed out."))


@require_POST
@login_required
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Out of every device, this one included."""
    user = signing_in.person_of(request)
    first = devices.asked_first(request, user)
    if first is not None:
        return first
    signing_in.end_everywhere(user)
    logout(request)
    return _nothing_left(request, _("You have signed out of all devices."))


def _nothing_left(request: HttpRequest, text: str) -> HttpResponse:
    """To the sign-in, whose message brings `forget_pages` along."""
    messages.success(request, text, extra_tags=SIGNED_OUT)
    return redirect("accounts:sign_in")


@never_cache
@require_safe
def forget_pages(request: HttpRequest) -> HttpResponse:
    """An empty style sheet: with it the browser forgets the pages that it keeps for its back button.

    The next person may sit there. On the answer of the sign-out itself it would come too early: the page that one
    leaves is kept only afterwards.
    """
    return HttpResponse(content_type="text/css", headers={"Clear-Site-Data": '"cache"'})
