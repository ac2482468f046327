"""People in the office: owners, staff and their roles, the terms of use."""

import re
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import (
    help_page,
    passwords,
    people_search,
    powers,
    roles,
)
from accounts.acting_pages import ActingPages
from accounts.export_columns import PEOPLE
from accounts.help_page import HelpPage
from accounts.mobile import changing, page
from accounts.models import Profile, Role, StaffAssignment, TermsVersion, User
from accounts.privacy.admin import AccountClosingAdmin as AccountClosingAdmin
from accounts.second_factor import admin as second_factor
from accounts.second_factor.asking_again import AsksPassword, PasswordAgainModelForm
from septam import audit, clock
from septam.digits import to_persian
from septam.exports.from_lists import ListExports
from septam.forms.fields import MobileField
from septam.office.base import OfficeModelAdmin, day_column, moment_column, phone_column
from septam.templatetags.persian import code

# Groups are made by setup_roles and given through roles; an authenticator's key is for its owner's eyes.
for _by_hand in (Group, TOTPDevice):
    if admin.site.is_registered(_by_hand):
        admin.site.unregister(_by_hand)


_NAMES = ("username", "first_name", "last_name")
# What begins with a digit is looked for as a mobile when somebody signs in.
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")


class PersonForm(PasswordAgainModelForm):
    """A person's names, number and state; the person's password is never seen or typed here."""

    # What opens doors, or sends a password elsewhere.
    sensitive: tuple[str, ...] = ("is_staff", "is_active", "mobile")

    mobile = MobileField(label=gettext_lazy("Mobile"), required=False, empty_value=None)

    class Meta:
        model = User
        fields = ["username", "mobile", "first_name", "last_name", "is_staff", "is_active"]

    def clean_username(self) -> str:
        """A name that no number is taken for; what stood before the rule may stay."""
        name = str(self.cleaned_data["username"])
        if "username" in self.changed_data and not _USERNAME.fullmatch(name):
            raise forms.ValidationError(
                _("A username begins with a Latin letter and has Latin letters, digits, “.”, “-” and “_” only.")
            )  # fmt: skip
        return name

    def clean(self) -> dict[str, Any]:
        """Nobody shuts himself out: the office could be left without a manager."""
        if self.instance.is_staff:  # another's name would stand beside old deeds
            self.sensitive = (*self.sensitive, *_NAMES)
        given = super().clean()
        if self.instance.pk == self.request.user.pk:
            for name in {"is_staff", "is_active"} & set(self.changed_data):
                self.add_error(name, _("Another manager changes this for you."))
        for name in {"is_staff", "is_active"} & set(self.changed_data):
            if not given.get(name) and powers.is_last_manager(self.instance):
                self.add_error(name, _("Nobody would be left who manages the portal."))
        return given


_BORN_ON = day_column("born_or_registered_on", gettext_lazy("Born or registered on"))
_OTHERS = ["coordination_phone", "economic_number", "registrant_name"]
_SHOWN_DIGITS = 3


class ProfileInline(admin.StackedInline):
    """«مشخصات فردی», to look at."""

    model = Profile
    can_delete = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Whole for the manager; support, who asks callers for them, does not read the answers here."""
        if request.user.has_perm("accounts.change_user"):
            return ["kind", "name", "national_id", _BORN_ON, *_OTHERS]
        return ["kind", "name", "national_id_begin", *_OTHERS]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """All of them."""
        return self.get_fields(request, obj)

    @admin.display(description=gettext_lazy("National id"))
    def national_id_begin(self, profile: Profile) -> SafeString:
        """The first digits alone."""
        hidden = "•" * (len(profile.national_id) - _SHOWN_DIGITS)
        return code(to_persian(profile.national_id[:_SHOWN_DIGITS]) + hidden)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The owner alone fills it in."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The owner alone changes it."""
        return False


@admin.register(User)
class UserAdmin(
    HelpPage,
    page.MobilePage,
    ActingPages,
    second_factor.SecondFactorPage,
    AsksPassword,
    ListExports,
    OfficeModelAdmin,
):
    """Owners and staff, found by number or by name."""

    personal = True
    grows = True
    form = PersonForm
    inlines = [ProfileInline]
    list_display = [
        "username",
        "full_name",
        phone_column("mobile", gettext_lazy("Mobile number")),
        "is_staff",
        "is_active",
    ]
    list_filter = ["is_staff", "is_active"]
    ordering = ["-pk"]
    search_fields = ["username"]
    search_help_text = gettext_lazy("Number, name or national id")
    exported = PEOPLE
    readonly_fields = [
        moment_column("date_joined", gettext_lazy("Joined")),
        moment_column("first_signed_in_at", gettext_lazy("First signed in")),
        "own_password",
    ]
    actions = ["send_password"]

    def get_urls(self) -> list[URLPattern]:
        """The pages of help and of another mobile before Django's."""
        help_view = self.admin_site.admin_view(self.help_view)
        factor_view = self.admin_site.admin_view(self.second_factor_view)
        mobile_view = self.admin_site.admin_view(self.mobile_view)
        return [
            *self.acting_urls(),
            path("<int:pk>/help/", help_view, name=help_page.URL_NAME),
            path("<int:pk>/mobile/", mobile_view, name=page.URL_NAME),
            path("<int:pk>/second-factor/", factor_view, name=second_factor.URL_NAME),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """An owner's number changes by accounts.mobile.changing alone, which tells both numbers."""
        # As it is kept: a form that is shown again has written its ticks into the row in memory.
        kept = User.objects.filter(pk=obj.pk).first() if obj is not None else None
        theirs = kept is not None and kept.is_owner
        return [*super().get_readonly_fields(request, obj), *(["mobile"] if theirs else [])]

    @admin.display(description=gettext_lazy("Name"))
    def full_name(self, person: User) -> str:
        """First and last name."""
        return person.get_full_name()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Digits: mobile, username or national id; text: names."""
        return people_search.matching(queryset, search_term), False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new person cannot sign in until a password was sent; who loses or gets a door signs in anew."""
        if not change:
            obj.date_joined = clock.now()
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if change and {"is_staff", "is_active"} & set(form.changed_data):
            # What is given back later begins anew: a session of a lost device must not wake up.
            obj.end_sessions()
        if change and obj.is_staff and set(_NAMES) & set(form.changed_data):
            was = " ".join(str(form.initial[name]) for name in _NAMES)
            audit.record(request.user.pk, "staff.renamed", obj, was=was)
        if change and "mobile" in form.changed_data:
            old = str(form.initial.get("mobile") or "")
            changing.moved_by_manager(obj, old, request.user.pk)

    @admin.action(
        description=gettext_lazy("Send a fresh password to staff"), permissions=["change"]
    )
    def send_password(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Staff get theirs from the manager, by SMS. Owners are helped one by one, after an identity check."""
        chosen = list(queryset.filter(is_staff=True)[:100])
        sent = sum(passwords.send_new(user, request.user.pk) for user in chosen)
        text = _("A fresh password goes to %(sent)s people; %(left)s could not be sent one.")
        counts = {"sent": to_persian(sent), "left": to_persian(len(chosen) - sent)}
        messages.success(request, text % counts)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People are anonymised, never deleted."""
        return False


class StaffChoice(forms.ModelChoiceField):
    """Members of staff by name; of two with one name the username tells which."""

    def label_from_instance(self, obj: Any) -> str:
        """«سارا محمدی‌نژاد – expert»."""
        return f"{obj} – {obj.username}"


class AssignmentForm(PasswordAgainModelForm):
    """A role asks for the own password, whatever of it changes."""

    user = StaffChoice(
        User.objects.filter(is_staff=True).order_by("last_name", "first_name", "pk"),
        label=gettext_lazy("Person"),
        help_text=gettext_lazy(
            "Whoever is not here is first marked as staff, on the page of the person."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Nobody gives himself a role, or changes his own."""
        given = super().clean()
        person = self.cleaned_data.get("user")
        if self.request.user.pk in (person.pk if person else None, self.instance.user_id):
            named = "user" if "user" in self.fields else None
            self.add_error(named, _("Your own roles are changed by another manager."))
        self._refuse_both_sides_of_money(given)
        manages = bool(self.instance.pk) and self.instance.role == Role.MANAGER
        if manages and not given.get("active") and powers.is_last_manager(self.instance.user):
            self.add_error("active", _("Nobody would be left who manages the portal."))
        return given

    def _refuse_both_sides_of_money(self, given: dict[str, Any]) -> None:
        """Who closes a laboratory's months and pays it is none of its people."""
        is_new = self.instance.pk is None
        person = given.get("user") if is_new else self.instance.user
        if person is None or not given.get("active"):
            return
        held = set(person.assignments.filter(active=True).values_list("role", flat=True))
        held.add(given.get("role") if is_new else self.instance.role)
        if Role.FINANCE in held and held & {Role.EXPERT, Role.LAB_MANAGER}:
            named = "role" if is_new else "active"
            self.add_error(named, _("Finance pays the laboratories; nobody is of both."))

    class Meta:
        model = StaffAssignment
        fields = ("user", "role", "laboratory", "code", "is_woman", "active", "provinces", "cities")


@admin.register(StaffAssignment)
class StaffAssignmentAdmin(AsksPassword, OfficeModelAdmin):
    """Who has which role, in which laboratory and coverage."""

    form = AssignmentForm
    list_display = ["user", "role", "laboratory", "code", "is_woman", "active"]
    list_filter = ["role", "active"]
    list_select_related = ["user", "laboratory"]
    select_fields = ("laboratory",)
    raw_id_fields = ["provinces", "cities"]
    ordering = ["-pk"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A role that was given stays what it is, so that its history tells who had it; another one is given anew."""
        given = ["user", "role", "laboratory"] if obj is not None else []
        return [*super().get_readonly_fields(request, obj), *given]

    def save_model(
        self, request: HttpRequest, obj: StaffAssignment, form: Any, change: bool
    ) -> None:
        """A role counts from the moment on which it was given, or given back."""
        is_anew = not change or "active" in form.changed_data
        if is_anew:
            obj.held_since = clock.now()
        super().save_model(request, obj, form, change)
        if change and is_anew:  # what was typed alone was saved
            obj.save(update_fields=["held_since"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The groups follow the roles."""
        super().save_related(request, form, formsets, change)
        roles.sync_groups(form.instance.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A role rests: who had it, and since when, stays to be read."""
        return False


def _is_in_force(terms: TermsVersion | None) -> bool:
    return terms is not None and terms.effective_from <= clock.today()


class TermsForm(forms.ModelForm):
    """A version of the terms: nobody accepted it before it was written."""

    class Meta:
        model = TermsVersion
        fields = ("version", "text", "effective_from", "is_sample")

    def clean_effective_from(self) -> Any:
        """Today at the earliest."""
        first = self.cleaned_data["effective_from"]
        if first < clock.today():
            raise forms.ValidationError(_("Terms come into force today at the earliest."))
        return first


@admin.register(TermsVersion)
class TermsVersionAdmin(OfficeModelAdmin):
    """Versions of the terms; one that is in force is never rewritten, because people accepted it."""

    form = TermsForm
    list_display = [
        "version",
        day_column("effective_from", gettext_lazy("Effective from")),
        "is_sample",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What may still change: everything before the day on which it comes into force."""
        return ("version", "text", "effective_from", "is_sample") if _is_in_force(obj) else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of one in force nothing may change: no button offers it."""
        return super().has_change_permission(request, obj) and not _is_in_force(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Acceptances hang on it."""
        return False
