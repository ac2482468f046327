"""Pages come compressed to browsers that take it, and say the same words."""

import gzip

import brotli
import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from septam.compression import CompressionMiddleware

pytestmark = pytest.mark.django_db


def asked(path: str, encodings: str) -> HttpResponse:
    return Client(headers={"accept-encoding": encodings}).get(path)


def test_a_page_comes_compressed_to_a_browser_that_takes_it() -> None:
    for encodings, name, unpack in (
        ("gzip, deflate", "gzip", gzip.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
    ):
        page = asked("/sign-in/", encodings)
        assert page["Content-Encoding"] == name
        assert "Accept-Encoding" in page["Vary"]
        assert "رمز عبور" in unpack(page.content).decode()
        assert len(page.content) < 3000


def test_an_encoding_that_a_browser_refuses_by_its_weight_is_not_sent() -> None:
    assert "Content-Encoding" not in asked("/sign-in/", "gzip;q=0, br ; q=0.0")
    assert asked("/sign-in/", "br;q=0, gzip;q=0.5")["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/sign-in/", "/guide/"])
def test_a_browser_that_takes_nothing_gets_the_words_as_they_are(path: str) -> None:
    asked(path, "gzip")
    page = asked(path, "")
    assert "Content-Encoding" not in page
    assert "</html>" in page.content.decode()
    assert "Accept-Encoding" in page["Vary"]


def test_suggestions_come_in_what_can_be_read_as_json() -> None:
    answer = HttpResponse(b'{"x": "' + b"y" * 900 + b'"}', content_type="application/json")
    request = RequestFactory(headers={"accept-encoding": "gzip, br"}).get("/")
    packed = CompressionMiddleware(lambda _request: answer)(request)
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content).endswith(b'y"}')


def test_a_kept_page_comes_in_what_each_browser_takes() -> None:
    plain = asked("/guide/", "").content
    for encodings, name, unpack in (
        ("gzip", "gzip", gzip.decompress),
        ("gzip, br", "br", brotli.decompress),
    ):
        page = asked("/guide/", encodings)
        assert page["Content-Encoding"] == name
        assert unpack(page.content) == plain


@pytest.mark.parametrize("encodings", ["gzip", "gzip, br"])
def test_the_length_of_a_page_with_a_form_does_not_tell_what_stands_in_it(encodings: str) -> None:
    lengths = {len(asked("/sign-in/", encodings).content) for _time in range(12)}
    assert len(lengths) > 1


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(b"%PDF" * 500, content_type="application/pdf"),
        HttpResponse(b"x" * 5000, headers={"Content-Encoding": "br"}),
        HttpResponse("کوتاه"),
    ],
    ids=["paper", "compressed already", "short"],
)
def test_what_gains_nothing_is_left_as_it_is(answer: HttpResponse) -> None:
    before = answer.content
    request = RequestFactory(headers={"accept-encoding": "gzip, br"}).get("/")
    assert CompressionMiddleware(lambda _request: answer)(request).content == before
