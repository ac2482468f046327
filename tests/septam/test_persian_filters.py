"""Template filters that write values for people."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe

from septam.clock import TEHRAN

VISIT = datetime(2024, 3, 25, 15, 0, tzinfo=TEHRAN)
FILTERS = ["fa", "amount", "rial", "toman", "in_words", "jdate", "jlong", "jdatetime"]
FILTERS += ["visit_time", "visit_day", "code", "phone", "tel"]


def shown(value: Any, filters: str) -> str:
    """What a template writes for ``{{ value|filters }}``."""
    return Template(f"{{% load persian %}}{{{{ value|{filters} }}}}").render(
        Context({"value": value})
    )


@pytest.mark.parametrize(
    ("value", "filters", "html"),
    [
        (1403, "fa", "۱۴۰۳"),
        ("7781/A", "code", '<bdi dir="ltr">7781/A</bdi>'),
        ("1135746981", "fa|code", '<bdi dir="ltr">۱۱۳۵۷۴۶۹۸۱</bdi>'),
        (6_932_400, "amount", '<bdi dir="ltr">۶٬۹۳۲٬۴۰۰</bdi>'),
        (6_932_400, "rial", '<bdi dir="ltr">۶٬۹۳۲٬۴۰۰</bdi> ریال'),
        (0, "rial", '<bdi dir="ltr">۰</bdi> ریال'),
        (6_932_400, "toman", '<bdi dir="ltr">۶۹۳٬۲۴۰</bdi> تومان'),
        (6_932_405, "toman", ""),
        (1000, "in_words", "یک هزار"),
        (date(2024, 3, 25), "jdate", '<time datetime="2024-03-25" dir="ltr">۱۴۰۳/۰۱/۰۶</time>'),
        (VISIT, "jdate", '<time datetime="2024-03-25" dir="ltr">۱۴۰۳/۰۱/۰۶</time>'),
        (
            date(2024, 3, 25),
            "jlong",
            '<time datetime="2024-03-25">دوشنبه ۶ فروردین ۱۴۰۳</time>',
        ),
        (
            VISIT,
            "jdatetime",
            '<time datetime="2024-03-25T15:00+03:30">۱۴۰۳/۰۱/۰۶، ۱۵:۰۰</time>',
        ),
        (
            VISIT.astimezone(UTC),
            "visit_time",
            '<time datetime="2024-03-25T15:00+03:30"><bdi>۱۴۰۳/۰۱/۰۶</bdi> ساعت ۳ بعد از ظهر</time>',
        ),
        ("09121234567", "phone", '<bdi dir="ltr">۰۹۱۲۱۲۳۴۵۶۷</bdi>'),
        (
            "09121234567",
            "tel",
            '<a href="tel:09121234567"><bdi dir="ltr">۰۹۱۲۱۲۳۴۵۶۷</bdi></a>',
        ),
    ],
)
def test_values_are_written_for_people(value: Any, filters: str, html: str) -> None:
    assert shown(value, filters) == html


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("value", [None, ""])
def test_an_empty_value_leaves_an_empty_place(name: str, value: Any) -> None:
    assert shown(value, name) == ""


@pytest.mark.parametrize("filters", ["fa", "code", "fa|code", "phone", "tel"])
def test_markup_in_a_value_is_escaped(filters: str) -> None:
    html = shown("<script>'1\"</script>", filters)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_names_in_quotes_and_codes_with_letters_stay_as_typed() -> None:
    assert shown("«کافه 24» 2 بار", "fa") == "«کافه 24» ۲ بار"
    assert shown("محل &A1 در SL4 و L-01، سطر 7", "fa") == "محل &amp;A1 در SL4 و L-01، سطر ۷"
    assert shown("12:30 تا 1403/01/06", "fa") == "۱۲:۳۰ تا ۱۴۰۳/۰۱/۰۶"


def test_character_references_keep_their_latin_digits() -> None:
    assert shown("'1'", "fa") == "&#x27;۱&#x27;"
    assert shown("a & 1; 2", "fa") == "a &amp; ۱; ۲"


def test_markup_that_is_safe_already_stays_whole() -> None:
    assert shown(mark_safe('<b class="n1">12</b>'), "fa") == '<b class="n1">۱۲</b>'
    assert shown(12, "code|fa") == '<bdi dir="ltr">۱۲</bdi>'


def test_a_number_in_a_sentence_has_a_mark_of_direction_for_engines_of_2013() -> None:
    sentence = mark_safe(
        'تا <time datetime="۱">دوشنبه ۳ تیر ۱۴۰۳</time> و <a href="x ۱">پس از ۸</a>'
    )
    page = Template("{% load persian %}{{ one|narrow }}{{ two|narrow }}")
    assert page.render(Context({"one": sentence, "two": "<b> ۹"})) == (
        'تا <time datetime="۱">دوشنبه \u200f۳ تیر \u200f۱۴۰۳\u200f</time> و <a href="x ۱">پس از \u200f۸</a>'
        "&lt;b&gt; \u200f۹"
    )
