"""The office's pages as the web really serves them: outside any transaction, where a lock cannot be taken."""

import pytest
from django.urls import reverse

from tests.inspections.journey import at_status
from tests.people import office_client


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", ["scheduling", "proposed", "accepted", "visited"])
def test_the_page_of_a_request_opens_in_every_status(status: str) -> None:
    journey = at_status(status)
    page = reverse("admin:inspections_visitrequest_change", args=[journey.request.pk])
    assert office_client(journey.expert).get(page).status_code == 200
