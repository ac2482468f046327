"""Pages of «ثبت نام» and «بازیابی رمز عبور»."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import asked_sms, limits, passwords, registration, signing_in, terms
from accounts.captcha.field import as_typed, asked_anew
from accounts.forms import RecoveryForm, RegistrationForm
from accounts.limits import Secret
from accounts.registration import Applicant


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The form; then the sign-in page, with the mobile filled in."""
    if request.user.is_authenticated:
        return redirect("portal:places")
    address = limits.address_key(request)
    if request.method != "POST":
        return _registration_page(request, RegistrationForm(address=address))
    if asked_anew(request.POST):
        return _registration_page(request, as_typed(RegistrationForm, request.POST, address))
    form = RegistrationForm(request.POST, address=address)
    if form.is_valid() and _registered(request, form):
        return redirect("accounts:sign_in")
    return _registration_page(request, form)


def _registration_page(request: HttpRequest, form: RegistrationForm) -> HttpResponse:
    taken = form.has_error("mobile", "taken") if form.is_bound else False
    return render(request, "accounts/register.html", {"form": form, "taken": taken})


def _registered(request: HttpRequest, form: RegistrationForm) -> bool:
    data = form.cleaned_data
    accepted = terms.current()
    if accepted is None:
        form.add_error(None, _("Registration is closed for the moment; please try later."))
        return False
    # A number in use counts as any other, so that the wait says no more of it than the words below.
    verdict = limits.may_send(Secret.PASSWORD, data["mobile"], limits.client_of(request, None))
    if not verdict.allowed:
        form.add_error(None, limits.wait_message(verdict))
    else:
        applicant = Applicant(data["first_name"], data["last_name"], data["mobile"])
        try:
            user = registration.register(applicant, accepted)
        except registration.MobileTaken:
            taken = ValidationError(_("Registering again is not possible."), code="taken")
            form.add_error("mobile", taken)
        else:
            asked_sms.note(request, asked_sms.REGISTRATION, applicant.mobile, user)
            return True
    return False


@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """A new password for a mobile or username; the answer is the same whether there is such an account."""
    address = limits.address_key(request)
    if request.method != "POST":
        account = request.GET.get("account", "")[:60]
        form = RecoveryForm(initial={"account": account}, address=address)
    elif asked_anew(request.POST):
        form = as_typed(RecoveryForm, request.POST, address)
    else:
        form = RecoveryForm(request.POST, address=address)
        if form.is_valid() and _asked(request, form):
            return redirect("accounts:sign_in")
    return render(request, "accounts/recover.html", {"form": form})


def _asked(request: HttpRequest, form: RecoveryForm) -> bool:
    named = signing_in.find(form.cleaned_data["account"])
    client = limits.client_of(request, named.user.pk if named.user else None)
    verdict = limits.may_send(Secret.PASSWORD, named.text.lower(), client)
    if not verdict.allowed:
        form.add_error(None, limits.wait_message(verdict))
        return False
    # Under another name of the account its number has its own count, which nobody is told of.
    mobile = named.user.mobile if named.user else None
    if named.user and (
        mobile == named.text
        or (mobile and limits.may_send(Secret.PASSWORD, mobile, client).allowed)
    ):
        passwords.send_new(named.user, named.user.pk)
    asked_sms.note(request, asked_sms.RECOVERY, named.text, named.user)
    return True
