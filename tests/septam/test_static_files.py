"""What goes with a file of the portal over a slow line."""

from django.test import Client


def test_a_file_is_offered_to_no_other_site() -> None:
    answer = Client().get("/static/css/portal.css")
    assert answer.status_code == 200
    answer.close()
    assert "Access-Control-Allow-Origin" not in answer
