"""What goes with a file of the portal over a slow line."""

from django.test import Client


def test_a_file_is_offered_to_no_other_site() -> None:
    answer = Client().get("/static/css/portal.css")
    assert answer.getvalue()
    assert "Access-Control-Allow-Origin" not in answer
