"""What accounts keep about a person, and how it is forgotten."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import (
    AccountClosing,
    HolderKind,
    LoginCodeDevice,
    MobileChange,
    MobileChangeState,
    MobileChangeWay,
    PendingPassword,
    Profile,
    TermsAcceptance,
    User,
)
from septam.exports.columns import Column, moment
from septam.personal_data import Keeper, Table
from septam.text import search_key

ACCOUNT = Table(
    "account", gettext_lazy("Your account"),
    lambda person: User.objects.filter(pk=person),
    (
        Column(gettext_lazy("Username"), "username"),
        Column(gettext_lazy("Mobile"), "mobile"),
        Column(gettext_lazy("First name"), "first_name"),
        Column(gettext_lazy("Last name"), "last_name"),
        moment(gettext_lazy("Joined"), "date_joined"),
        moment(gettext_lazy("First signed in"), "first_signed_in_at"),
        moment(gettext_lazy("Last signed in"), "last_login"),
    ),
)  # fmt: skip
PROFILE = Table(
    "profile", gettext_lazy("Personal details"),
    lambda person: Profile.objects.filter(user_id=person),
    (
        Column(gettext_lazy("Kind"), "kind", HolderKind),
        Column(gettext_lazy("Name of you or the company"), "name"),
        Column(gettext_lazy("National id"), "national_id"),
        Column(gettext_lazy("Economic number"), "economic_number"),
        Column(gettext_lazy("Registrant's own name"), "registrant_name"),
        moment(gettext_lazy("Born or registered on"), "born_or_registered_on"),
        Column(gettext_lazy("Coordination phone"), "coordination_phone"),
    ),
)  # fmt: skip
TERMS = Table(
    "terms", gettext_lazy("Terms that you accepted"),
    lambda person: TermsAcceptance.objects.filter(user_id=person).order_by("pk"),
    (Column(gettext_lazy("Version"), "terms__version"), moment(gettext_lazy("When"), "at")),
)  # fmt: skip
MOBILES = Table(
    "mobiles", gettext_lazy("Changes of your mobile"),
    # A number that was never yours, because the change was stopped or refused, is somebody else's.
    lambda person: MobileChange.objects.filter(user_id=person, state=MobileChangeState.DONE).order_by("pk"),
    (
        Column(gettext_lazy("Way"), "way", MobileChangeWay),
        Column(gettext_lazy("Earlier number"), "old_mobile"),
        Column(gettext_lazy("New number"), "new_mobile"),
        moment(gettext_lazy("Asked on"), "created_at"),
        moment(gettext_lazy("Ended on"), "ended_at"),
    ),
)  # fmt: skip


def forget(account_id: int) -> None:
    """Of the account a number stays, with no name, mobile, national id or way to sign in."""
    name = _("Closed account")
    User.objects.filter(pk=account_id).update(
        username=f"closed{account_id}", mobile=None, first_name="", last_name="", search_key="", is_active=False,
        password=make_password(None), own_password=False,
    )  # fmt: skip
    Profile.objects.filter(user_id=account_id).update(
        name=name, national_id="", economic_number="", registrant_name="", born_or_registered_on=None,
        coordination_phone="", search_key=search_key(name),
    )  # fmt: skip
    MobileChange.objects.filter(user_id=account_id).update(
        old_mobile="", new_mobile="", reason="", stop_code=""
    )
    AccountClosing.objects.filter(user_id=account_id).update(mobile="")
    # The admin's own log of changes writes the name of what was changed.
    changed = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(account_id)
    )
    changed.update(object_repr=name)
    PendingPassword.objects.filter(user_id=account_id).delete()
    LoginCodeDevice.objects.filter(user_id=account_id).delete()


KEEPER = Keeper("accounts", (ACCOUNT, PROFILE, TERMS, MOBILES), forget=forget)
