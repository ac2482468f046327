"""What the tests of people share: a cheap hasher, terms in force, and messages sent to a list."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.contrib.auth.hashers import get_hashers, get_hashers_by_algorithm
from pytest_django.fixtures import Settings

from accounts.models import TermsVersion


@pytest.fixture(autouse=True)
def _cheap_hashing(settings: Settings) -> Iterator[None]:
    """Argon2 has a test of its own; elsewhere its 20 ms a time would only be waited for."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    yield
    get_hashers.cache_clear()
    get_hashers_by_algorithm.cache_clear()


@pytest.fixture
def terms(db: None) -> TermsVersion:
    """The terms of use, in force."""
    return TermsVersion.objects.create(
        version=3, text="# قوانین\n\n## ۱. بخش\n\n۱. بند نخست.", effective_from=date(2021, 3, 21)
    )
