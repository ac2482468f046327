"""«ثبت نام»: a new account, or a new start of one that never signed in."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts import terms, usernames
from accounts.models import TermsAcceptance, TermsVersion, User
from notifications import outbox
from septam import audit

_MOST_TRIES = 30


class MobileTaken(Exception):  # read as registration.MobileTaken
    """The mobile belongs to an account in use: «ثبت نام مجدد امکان‌پذیر نیست»."""


@dataclass(frozen=True)
class Applicant:
    """What the form of registration holds; the mobile as 09xxxxxxxxx."""

    first_name: str
    last_name: str
    mobile: str


def register(applicant: Applicant, accepted: TermsVersion) -> User:
    """Make the account and queue its password, all in one transaction.

    An account of this mobile that never signed in takes the new names and terms. Two people who are given
    the same username, or who register one mobile, at one moment: the constraints decide, and the loser
    tries again. Raises MobileTaken.
    """
    for tries in range(_MOST_TRIES):
        try:
            with transaction.atomic():
                return _register_once(applicant, accepted, tries)
        except IntegrityError:
            continue
    raise RuntimeError("no free username was found")


def _register_once(applicant: Applicant, accepted: TermsVersion, tries: int) -> User:
    user = User.objects.select_for_update().filter(mobile=applicant.mobile).first()
    if user is None:
        user = User.objects.create_user(
            usernames.propose(tries),
            mobile=applicant.mobile,
            first_name=applicant.first_name,
            last_name=applicant.last_name,
        )
    else:
        _start_again(user, applicant)
    terms.accept(user, accepted)
    outbox.queue("registration.password", applicant.mobile, user_id=user.pk)
    audit.record(user.pk, "account.register", user, terms=accepted.version)
    return user


def _start_again(user: User, applicant: Applicant) -> None:
    if user.first_signed_in_at or user.is_staff or not user.is_active:
        raise MobileTaken
    user.first_name, user.last_name = applicant.first_name, applicant.last_name
    user.save(update_fields=["first_name", "last_name"])
    # What an earlier applicant accepted binds nobody: the account never was in use.
    TermsAcceptance.objects.filter(user=user).delete()
