"""A new secret key: with the earlier one among the fallbacks nobody is signed out and no code ends; without it all do."""

import pytest
from django.core import signing
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import login_codes
from accounts.models import LoginCodeDevice, RecoveryCodeDevice, User
from accounts.second_factor.devices import _fresh_codes, check
from inspections.laboratories.fitness import _SALT, person_key
from septam import keyed
from tests.people import make_owner

pytestmark = pytest.mark.django_db
FIRST, SECOND = "first-" * 10, "second" * 10


@pytest.fixture(params=[True, False], ids=["kept", "forgotten"])
def kept(request: pytest.FixtureRequest, settings: Settings) -> bool:
    """Whether the operator keeps the earlier key; `rotate` changes to the second one."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = FIRST, []
    return bool(request.param)


def rotate(settings: Settings, kept: bool) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = SECOND, [FIRST] if kept else []


def test_an_owner_stays_signed_in_and_outlives_the_first_keys_end(
    kept: bool, settings: Settings
) -> None:
    client = Client()
    client.force_login(make_owner())
    rotate(settings, kept)
    assert (client.get("/history/").status_code == 200) is kept
    # Whoever came meanwhile has a session under the new key, so that the earlier one may go.
    settings.SECRET_KEY_FALLBACKS = []
    assert (client.get("/history/").status_code == 200) is kept


def test_a_code_that_was_sent_and_a_recovery_code_stay_good(kept: bool, settings: Settings) -> None:
    owner: User = make_owner()
    device = LoginCodeDevice.objects.create(user=owner, name="sms", expires_at=login_codes.end())
    sent = login_codes.make(device.pk)
    recovery = _fresh_codes(owner)
    assert RecoveryCodeDevice.objects.filter(user=owner).update(confirmed=True)
    rotate(settings, kept)
    assert (login_codes.use(device.pk, sent) == owner) is kept
    assert (check(owner, recovery[0]) is not None) is kept
    assert check(owner, recovery[0]) is None


def test_a_known_browser_and_a_declared_interest_are_still_known(
    kept: bool, settings: Settings
) -> None:
    cookie, declared = signing.dumps([7, "nonce"], salt="device"), person_key("0012345679")
    rotate(settings, kept)
    assert keyed.is_hash_of(_SALT, "0012345679", declared) is kept
    assert not keyed.is_hash_of(_SALT, "0012345678", declared)
    if kept:
        assert signing.loads(cookie, salt="device") == [7, "nonce"]
    else:
        with pytest.raises(signing.BadSignature):
            signing.loads(cookie, salt="device")


def test_nothing_new_is_made_under_an_earlier_key(kept: bool, settings: Settings) -> None:
    rotate(settings, kept)
    made = person_key("0012345679"), signing.dumps("new")
    settings.SECRET_KEY_FALLBACKS = []
    assert keyed.is_hash_of(_SALT, "0012345679", made[0])
    assert signing.loads(made[1]) == "new"
    assert not keyed.is_hash_of(_SALT, "", "")
