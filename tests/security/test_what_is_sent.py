"""Headers, cookies and bodies that no browser sends: they are answered in words, believed by nobody, and no fault."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from accounts import limits
from septam.middleware import client_address
from tests.accounts.steps import signed_in
from tests.people import PASSWORD, make_owner

pytestmark = pytest.mark.django_db

PATHS = [
    "/",
    "/sign-in/",
    "/places/",
    "/criteria/1/",
    "/check/?number=1",
    "/office/",
    "/suggest/cities/?q=a",
]
COOKIES = [
    "sessionid",
    "csrftoken",
    "messages",
    "septam_device",
    "septam_office",
    "septam_person",
    "self_check",
]
ODD_COOKIES = [
    r'"\000"',
    r'"\377\376"',
    "a" * 3900,
    "{}",
    "[]:1:1",
    "é",
    "..",
    "1:2:3",
    "' OR 1=1 --",
]
HEADERS = {
    "Accept-Encoding": ["br;q=x", "\x7f", "gzip;q=1e999", "*"],
    "Accept-Language": ["-", "x" * 3000, "fa;q=nan"],
    "Authorization": ["Bearer é", "Basic !", "Bearer " + "a" * 3000],
    "If-Modified-Since": ["yesterday", "9" * 400],
    "If-None-Match": ['"', "W/", "*"],
    "Origin": ["null", "http://[", "é"],
    "Range": ["bytes=9-1", "bytes=-"],
    "Referer": ["http://[", "javascript:1", "\x1b[31m"],
    "User-Agent": ["\x1b[2J", "a" * 5000, ""],
    "X-Forwarded-For": ["", ",,,", "::1%eth0", "1.2.3.4:55", "unknown", "1" * 3000],
    "X-Septam-Keep": ["1"],
}  # fmt: skip
SHEETS = [
    "application/x-www-form-urlencoded; charset=utf-7", "application/x-www-form-urlencoded; charset=nonsense",
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=é",
    "multipart/form-data; boundary=x; charset=nonsense", "application/json", "text/xml", "", "a/b/c;;;=",
]  # fmt: skip


@pytest.mark.parametrize("name", COOKIES)
def test_no_cookie_brings_a_fault_or_lets_anybody_in(name: str) -> None:
    for value in ODD_COOKIES:
        for path in PATHS:
            answer = Client(headers={"cookie": f"{name}={value}"}).get(path)
            assert (name, value[:20], path, answer.status_code < 500) == (
                name,
                value[:20],
                path,
                True,
            )
            assert answer.status_code == 302 or path != "/places/"


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_brings_a_fault(name: str) -> None:
    for value in HEADERS[name]:
        for path in PATHS:
            got = Client().get(path, headers={name: value})
            sent = Client().post(path, {"account": "1"}, headers={name: value})
            assert (value[:20], path, got.status_code < 500) == (value[:20], path, True)
            assert (value[:20], path, sent.status_code < 500) == (value[:20], path, True)


@pytest.mark.parametrize("sheet", SHEETS)
def test_no_body_of_an_odd_kind_brings_a_fault(sheet: str) -> None:
    for body in (
        b"",
        b"\x00\xff=\x00",
        b"--x\r\nContent-Disposition: form-data; name=\r\n\r\n\r\n--x--",
        b"[" * 100_000,
    ):
        for path in ("/sign-in/", "/register/", "/bank/behpardakht/callback/", "/support/write/"):
            answer = Client().generic("POST", path, body, content_type=sheet)
            assert (body[:9], path, answer.status_code < 500) == (body[:9], path, True)


def test_what_is_larger_than_any_form_is_refused_in_words() -> None:
    client = Client()
    large = client.post("/sign-in/", {"account": "1" * 1_100_000})
    assert large.status_code == 413
    many = client.post("/sign-in/", {f"f{number}": "1" for number in range(2100)})
    files = [SimpleUploadedFile(f"{number}", b"1") for number in range(110)]
    sheets = client.post("/sign-in/", {"file": files})
    assert (many.status_code, sheets.status_code) == (400, 400)
    for answer in (large, many, sheets):
        assert "<html" in answer.content.decode()
        assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize(
    "peer, forwarded, counted",
    [
        ("9.9.9.9", "1.2.3.4", "9.9.9.9"),  # no proxy of ours: nothing that it says counts
        ("127.0.0.1", "1.2.3.4", "1.2.3.4"),
        (
            "127.0.0.1",
            "6.6.6.6, 1.2.3.4",
            "1.2.3.4",
        ),  # what the client itself wrote stands to the left
        ("127.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        ("127.0.0.1", "1.2.3.4:8080", "127.0.0.1"),
        ("127.0.0.1", "<script>, 'x", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "fe80::1%eth0", "127.0.0.1"),  # an interface's name is no part of an address
        ("127.0.0.1", "2001:db8::7", "2001:db8::7"),
    ],
)
def test_only_named_proxies_say_who_the_client_is(
    settings: Settings, peer: str, forwarded: str, counted: str
) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1", "10.0.0.1"]
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})
    assert client_address(request) == counted
    assert limits.address_key(request)


def test_changing_the_forged_address_brings_no_further_tries() -> None:
    make_owner()
    client = Client()
    for number in range(5):
        client.post("/sign-in/", {"account": "09121234567", "password": "x"}, headers={"X-Forwarded-For": f"5.5.5.{number}"})  # fmt: skip
    forged = {"X-Forwarded-For": "7.7.7.7", "X-Real-IP": "7.7.7.7", "Client-IP": "7.7.7.7"}
    client.post("/sign-in/", {"account": "09121234567", "password": PASSWORD}, headers=forged)
    assert signed_in(client) is None
