"""«اعلانات»."""

import pytest
from django.test import Client

from accounts.models import User
from notifications import notices
from notifications.models import Notice
from tests.people import make_owner, make_stranger

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def told(owner: User, count: int = 1) -> list[Notice]:
    made = [notices.add(owner.pk, "x", f"اعلان {n}", "متن", "/history/") for n in range(count)]
    return [notice for notice in made if notice is not None]


def unread(owner: User) -> list[int]:
    return list(notices.of(owner.pk, unread=True).values_list("pk", flat=True))


def page(client: Client, query: str = "") -> str:
    return client.get(f"/notices/{query}").content.decode()


def test_an_owner_reads_own_notices_and_nobody_elses() -> None:
    owner, stranger = make_owner(), make_stranger()
    [notice] = told(owner)
    assert "اعلان 0" in page(signed_in(owner))
    assert "اعلان 0" not in page(signed_in(stranger))
    assert signed_in(stranger).get(f"/notices/{notice.pk}/").status_code == 404
    signed_in(stranger).post("/notices/read/", {"notice": notice.pk})
    signed_in(stranger).post("/notices/read/", {"all": notice.pk})
    assert unread(owner) == [notice.pk]


def test_to_be_shown_is_not_to_be_read() -> None:
    owner = make_owner()
    told(owner, 3)
    client = signed_in(owner)
    for _look in range(2):
        assert page(client).count("تازه") == 3
    assert len(unread(owner)) == 3


def test_whoever_follows_a_notice_has_read_it_but_a_browser_that_fetches_ahead_has_not() -> None:
    owner = make_owner()
    [notice] = told(owner)
    client, address = signed_in(owner), f"/notices/{notice.pk}/"
    client.head(address)
    client.get(address, headers={"Sec-Purpose": "prefetch"})
    assert unread(owner) == [notice.pk]
    assert client.get(address)["Location"] == "/history/"
    assert unread(owner) == []
    assert client.get(address)["Location"] == "/history/", "it leads there again"


def test_one_is_marked_as_read_and_the_same_page_comes_back() -> None:
    owner = make_owner()
    made = told(owner, 25)
    client = signed_in(owner)
    answer = client.post("/notices/read/", {"notice": made[0].pk, "page": "2", "show": "unread"})
    assert answer["Location"] == "/notices/?show=unread&page=2"
    again = client.post("/notices/read/", {"notice": made[0].pk, "page": "2"})
    assert again["Location"] == f"/notices/?page=2#n{made[0].pk}"
    assert made[0].pk not in unread(owner)
    assert len(unread(owner)) == 24


def test_marking_all_leaves_what_came_after_the_look() -> None:
    owner = make_owner()
    seen, later = told(owner, 2)[-1], told(owner)[0]
    answer = signed_in(owner).post("/notices/read/", {"all": seen.pk}, follow=True)
    assert "۲ اعلان خوانده‌شده علامت خورد" in answer.content.decode()
    assert unread(owner) == [later.pk]


@pytest.mark.parametrize("sent", [{}, {"all": "x"}, {"notice": "9" * 40}, {"all": "-1"}])
def test_nonsense_marks_nothing(sent: dict[str, str]) -> None:
    owner = make_owner()
    told(owner)
    assert signed_in(owner).post("/notices/read/", sent).status_code == 302
    assert len(unread(owner)) == 1


def test_the_unread_alone_are_shown_on_request_with_their_count() -> None:
    owner = make_owner()
    made = told(owner, 3)
    notices.mark_read(owner.pk, [made[1].pk])
    shown = page(signed_in(owner), "?show=unread")
    assert "خوانده‌نشده (۲)" in shown
    assert "اعلان 1" not in shown
    assert "اعلان 2" in shown


def test_the_second_page_of_the_unread_keeps_to_the_unread() -> None:
    owner = make_owner()
    told(owner, 25)
    client = signed_in(owner)
    assert 'href="?show=unread&amp;page=2"' in page(client, "?show=unread")
    assert page(client, "?show=unread&page=2").count('<li class="card"') == 5


def test_without_notices_the_page_says_what_will_be_there() -> None:
    client = signed_in(make_owner())
    assert "هنوز اعلانی ندارید" in page(client)
    assert "اعلان خوانده‌نشده‌ای ندارید" in page(client, "?show=unread")


def test_a_key_makes_one_notice_of_an_effect_that_happens_twice() -> None:
    owner = make_owner()
    first = notices.add(owner.pk, "x", "اعلان", once_key="x:1")
    assert first is not None
    assert notices.add(owner.pk, "x", "اعلان", once_key="x:1") is None
    assert notices.add(owner.pk, "x", "اعلان") is not None
    assert Notice.objects.count() == 2
