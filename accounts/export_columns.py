"""What a row of the list of people is in a file: no national number, which no list shows either."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from septam.exports.columns import Column, moment

PEOPLE: Sequence[Column] = (
    Column(_("Username"), "username"),
    Column(_("First name"), "first_name"),
    Column(_("Last name"), "last_name"),
    Column(_("Mobile number"), "mobile"),
    Column(_("Staff"), "is_staff"),
    Column(_("Active"), "is_active"),
    moment(_("Joined"), "date_joined"),
    moment(_("First signed in"), "first_signed_in_at"),
)
