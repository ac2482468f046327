"""Fixtures of the payment tests."""

import pytest
from django.test import Client

from accounts.models import User
from tests.billing.bank import bank, bank_server, banks
from tests.billing.till import till
from tests.people import make_owner

__all__ = ["bank", "bank_server", "banks", "till"]


@pytest.fixture
def owner() -> User:
    """Whoever pays."""
    return make_owner()


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's, signed in."""
    client = Client()
    client.force_login(owner)
    return client
