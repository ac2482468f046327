"""People: owners and staff, their profiles, their ways to sign in, their roles."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Upper
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device

from accounts.changes import AccountClosing as AccountClosing
from accounts.changes import ClosingState as ClosingState
from accounts.changes import MobileChange as MobileChange
from accounts.changes import MobileChangeState as MobileChangeState
from accounts.changes import MobileChangeWay as MobileChangeWay
from accounts.changes import ResetState as ResetState
from accounts.changes import SecondFactorReset as SecondFactorReset
from accounts.hashers import typed_password
from septam import clock
from septam.text import search_key


class UserManager(BaseUserManager["User"]):
    """Makes accounts; owners come through accounts.registration, staff through the office."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A new account; without a password it cannot sign in until one was sent by SMS."""
        fields.setdefault("date_joined", clock.now())
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """An account with every permission, for the first set-up."""
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # django-otp's devices
    """An account. Owners have a mobile and a friendly username; staff may have no mobile."""

    username = models.CharField(_("Username"), max_length=40, unique=True)
    mobile = models.CharField(_("Mobile"), max_length=11, unique=True, null=True, blank=True)
    first_name = models.CharField(_("First name"), max_length=60, blank=True)
    last_name = models.CharField(_("Last name"), max_length=60, blank=True)
    is_staff = models.BooleanField(_("Staff"), default=False)
    is_active = models.BooleanField(_("Active"), default=True)
    date_joined = models.DateTimeField(_("Joined"))
    first_signed_in_at = models.DateTimeField(_("First signed in"), null=True, blank=True)
    # Raised by «خروج از همه دستگاه‌ها»: every session's hash holds it.
    session_epoch = models.PositiveIntegerField(default=0)
    # True once the owner chose a password of their own in place of the 8 digits.
    own_password = models.BooleanField(_("Own password"), default=False)
    # The name as the office searches it; see septam.text.search_key.
    search_key = models.CharField(max_length=160, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = []

    class Meta:
        verbose_name = _("Person")
        verbose_name_plural = _("People")
        permissions: ClassVar = [
            ("send_password", _("Can send a fresh password")),
            ("act_for_owner", _("Can fill in places for an owner")),
        ]
        constraints: ClassVar = [
            # People type «trustinghawka» as well; this index also serves the look-up in any case.
            models.UniqueConstraint(
                Upper("username"),
                name="username_once_in_any_case",
                violation_error_message=_("Another person has this username."),
            ),
        ]
        indexes: ClassVar = [
            # The office's filters: the staff, and closed accounts.
            models.Index(fields=["-id"], condition=models.Q(is_staff=True), name="user_staff"),
            models.Index(fields=["-id"], condition=models.Q(is_active=False), name="user_closed"),
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="user_name_search"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the search key in step with the name."""
        fields = kwargs.get("update_fields")
        if fields is None or {"first_name", "last_name"} & set(fields):
            self.search_key = search_key(self.get_full_name())
            if fields is not None:
                kwargs["update_fields"] = {*fields, "search_key"}
        super().save(*args, **kwargs)

    def set_password(self, raw_password: str | None) -> None:
        """Hashes the password in the one form in which it is compared at sign-in."""
        super().set_password(typed_password(raw_password) if raw_password else None)

    @property
    def is_owner(self) -> bool:
        """Whether the account is an owner's, which one of staff is beside that once it registered or holds a place."""
        if not self.is_staff or hasattr(self, "profile"):
            return True
        return self.terms_accepted.exists() or self.places.exists()

    def get_full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def end_sessions(self) -> None:
        """Let no session of the account count any more, on any device."""
        User.objects.filter(pk=self.pk).update(session_epoch=models.F("session_epoch") + 1)

    def get_short_name(self) -> str:
        """How the office greets the person."""
        return self.get_full_name() or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """As Django's, and different after every «sign out everywhere»; Django asks it for earlier keys too."""
        salt = "accounts.User.get_session_auth_hash"
        return salted_hmac(
            salt, f"{self.password}:{self.session_epoch}", secret=secret, algorithm="sha256"
        ).hexdigest()


class HolderKind(models.TextChoices):
    """What kind of holder an account is for."""

    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")
    FOREIGN = "foreign", _("Foreign national")


class Profile(models.Model):
    """«مشخصات فردی»: whom the account is for. Without one every page leads to its form."""

    user = models.OneToOneField(User, models.PROTECT, related_name="profile")
    kind = models.CharField(
        _("Kind"), max_length=10, choices=HolderKind.choices, default=HolderKind.PERSON
    )
    name = models.CharField(_("Name of you or the company"), max_length=120)
    national_id = models.CharField(_("National id"), max_length=13, db_index=True)
    economic_number = models.CharField(_("Economic number"), max_length=14, blank=True)
    registrant_name = models.CharField(_("Registrant's own name"), max_length=120, blank=True)
    born_or_registered_on = models.DateField(_("Born or registered on"), null=True, blank=True)
    # Shown to experts in place of the account's mobile where it is given.
    coordination_phone = models.CharField(_("Coordination phone"), max_length=11, blank=True)
    search_key = models.CharField(max_length=240, blank=True, editable=False)

    class Meta:
        verbose_name = _("Profile")
        verbose_name_plural = _("Profiles")
        indexes: ClassVar = [
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="profile_name_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the search key in step with the name."""
        fields = kwargs.get("update_fields")
        if fields is None or "name" in fields:
            self.search_key = search_key(self.name)
            if fields is not None:
                kwargs["update_fields"] = {*fields, "search_key"}
        super().save(*args, **kwargs)


class PendingPassword(models.Model):
    """A password that was sent and not used yet; the earlier one works until one of these is first used."""

    user = models.ForeignKey(User, models.CASCADE, related_name="pending_passwords")
    # The outbox row that it was made for: one that is sent a second time has two, either of which may have come.
    message_id = models.BigIntegerField(null=True)
    password = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()


class LoginCodeDevice(Device):
    """One request for a one-time code by SMS, hashed, single use. It never counts as a second factor.

    Each request has a row of its own, known to the asking session alone, so that a stranger who asks for
    codes or guesses them spoils nobody else's. The hash is empty until the message is sent, and again
    after the code was used.
    """

    code_hash = models.CharField(max_length=128, blank=True)
    # Of a message that was sent twice, because its first answer was lost: the phone has one of the two.
    earlier_hash = models.CharField(max_length=128, blank=True)
    expires_at = models.DateTimeField(null=True, db_index=True)
    failures = models.PositiveSmallIntegerField(default=0)


class RecoveryCodeDevice(Device):
    """A staff member's set of recovery codes: a second factor when the phone is lost."""


class RecoveryCode(models.Model):
    """One recovery code, hashed (django-otp's own static tokens stand in clear)."""

    device = models.ForeignKey(RecoveryCodeDevice, models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=128)
    used_at = models.DateTimeField(null=True)


class CaptchaPass(models.Model):
    """«کد امنیتی» was solved for a form that had another fault: good once, for that form, for minutes."""

    token = models.CharField(max_length=43, unique=True)
    form = models.CharField(max_length=20)
    expires_at = models.DateTimeField(db_index=True)


class TermsVersion(models.Model):
    """A version of «قوانین و مقررات»."""

    version = models.PositiveIntegerField(_("Version"), unique=True)
    text = models.TextField(_("Text"))
    effective_from = models.DateField(_("Effective from"))
    is_sample = models.BooleanField(_("Sample data"), default=False)

    class Meta:
        verbose_name = _("Terms of use")
        verbose_name_plural = _("Terms of use")
        ordering: ClassVar = ["-version"]

    def __str__(self) -> str:
        return str(self.version)


class TermsAcceptance(models.Model):
    """Who accepted which version of the terms, and when."""

    user = models.ForeignKey(User, models.PROTECT, related_name="terms_accepted", db_index=False)
    terms = models.ForeignKey(TermsVersion, models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "terms"], name="terms_accepted_once")
        ]


class Role(models.TextChoices):
    """What a member of staff does; each is a Django group of the same name."""

    EXPERT = "expert", _("Expert")
    LAB_MANAGER = "lab_manager", _("Laboratory manager")
    SUPPORT = "support", _("Support")
    FINANCE = "finance", _("Finance")
    MANAGER = "manager", _("System manager")


class StaffAssignment(models.Model):
    """A role with its scope: the laboratory, and for an expert the provinces and cities covered."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="assignments",
        verbose_name=_("Person"),
        db_index=False,
    )
    role = models.CharField(_("Role"), max_length=12, choices=Role.choices)
    laboratory = models.ForeignKey(
        "septam_sites.Laboratory",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("Laboratory"),
    )
    # Both empty: all that the laboratory covers.
    provinces = models.ManyToManyField(
        "septam_sites.Province", blank=True, verbose_name=_("Provinces")
    )
    cities = models.ManyToManyField("septam_sites.City", blank=True, verbose_name=_("Cities"))
    # An expert's public code, for «استعلام کارشناس».
    code = models.CharField(_("Expert's code"), max_length=8, blank=True)
    is_woman = models.BooleanField(_("Visits places for women"), default=False)
    active = models.BooleanField(_("Active"), default=True)
    # When the office gave it, or gave it back; empty: at the installation.
    held_since = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Role of a member of staff")
        verbose_name_plural = _("Roles of staff")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "laboratory"], nulls_distinct=False, name="assignment_once"
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=~models.Q(code=""),
                name="expert_code_once",
                violation_error_message=_("Another expert has this code."),
            ),
            models.CheckConstraint(
                condition=~models.Q(role__in=["expert", "lab_manager"])
                | models.Q(laboratory__isnull=False),
                name="laboratory_roles_have_one",
                violation_error_message=_(
                    "An expert and a laboratory's manager need a laboratory."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"
