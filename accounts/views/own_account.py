"""The account's own pages: «مشخصات فردی» and the password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import holder, limits, passwords, signing_in
from accounts.forms import OwnPasswordForm
from accounts.models import MobileChangeState, Profile, User
from accounts.profile_form import ProfileForm
from accounts.second_factor import devices
from septam import audit
from septam.forms.typed_before import keeps_what_was_typed


@keeps_what_was_typed
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The form, prefilled from the registration at first; then «محل من»."""
    user = signing_in.person_of(request)
    known = Profile.objects.filter(user=user).first()
    initial = {} if known else {"name": user.get_full_name(), "kind": "person"}
    form = ProfileForm(request.POST or None, instance=known or Profile(user=user), initial=initial)
    if request.method == "POST" and form.is_valid() and _save(user, form):
        messages.success(request, _("Your details were saved."))
        return redirect("portal:places")
    waiting = user.mobile_changes.filter(state=MobileChangeState.WAITING).first() if known else None
    context = {"form": form, "is_first": known is None, "person": user, "waiting": waiting}
    return render(request, "accounts/profile.html", context)


def _save(user: User, form: ProfileForm) -> bool:
    """Whether it was saved; else the form says why not."""
    with transaction.atomic():
        another = [name for name in holder.IDENTITY if name in form.changed_data]
        if form.instance.pk and another and (why := holder.why_unchangeable(user.pk)):
            form.add_error(another[0], why)
            return False
        if form.instance.pk is None:
            Profile.objects.update_or_create(user=user, defaults=form.cleaned_data)
        else:
            form.instance.save(update_fields=list(form.cleaned_data))
        audit.record(user.pk, "account.profile", user, fields=form.changed_data)
        return True


@sensitive_post_parameters("present", "password", "again")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A password of one's own, and the way out of every device."""
    user = signing_in.person_of(request)
    first = devices.asked_first(request, user)
    if first is not None:
        return first
    ask = not signing_in.came_by_code(request)
    form = OwnPasswordForm(request.POST or None, user=user, ask_present=ask)
    if request.method == "POST" and form.is_valid() and _present_is_right(request, form, ask):
        passwords.choose(user, form.cleaned_data["password"])
        update_session_auth_hash(request, user)
        messages.success(request, _("The new password is set; all other devices were signed out."))
        return redirect("accounts:profile")
    return render(request, "accounts/password.html", {"form": form})


def _present_is_right(request: HttpRequest, form: OwnPasswordForm, ask: bool) -> bool:
    if not ask:
        return True
    named = signing_in.Named(form.user.username, form.user)
    answer = signing_in.by_password(request, named, form.cleaned_data["present"])
    if not answer.verdict.allowed:
        form.add_error("present", limits.wait_message(answer.verdict))
    elif answer.user is None:
        form.add_error("present", _("The present password is not right."))
    return answer.user is not None
