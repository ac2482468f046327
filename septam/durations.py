"""A stretch of time in the words in which people are told to wait."""

from math import ceil

from django.utils.translation import gettext as _

from septam.digits import to_persian

_MINUTES_IN_FULL = 180


def in_words(seconds: float) -> str:
    """«۱۵ دقیقه», «۱ ساعت و ۲۰ دقیقه», «۲۳ ساعت»: whole minutes, from three hours on whole hours, always rounded up."""
    minutes = max(1, ceil(seconds / 60))
    if minutes > _MINUTES_IN_FULL:
        return _("%(hours)s hours") % {"hours": to_persian(ceil(minutes / 60))}
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)s minutes") % {"minutes": to_persian(rest)}
    if not rest:
        return _("%(hours)s hours") % {"hours": to_persian(hours)}
    numbers = {"hours": to_persian(hours), "minutes": to_persian(rest)}
    return _("%(hours)s hours and %(minutes)s minutes") % numbers
