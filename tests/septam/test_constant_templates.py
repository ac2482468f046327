"""The template loader that works out what no request can change: pages say what they would say without it."""

from typing import Any

import pytest
from django.template import Context, Engine, TemplateDoesNotExist
from django.template.base import TextNode
from django.urls import NoReverseMatch
from django.utils import translation

LIBRARIES = {
    "i18n": "django.templatetags.i18n",
    "static": "django.templatetags.static",
    "ui": "septam.templatetags.ui",
}
FRAME = (
    "{% load i18n %}<title>{% block title %}{% translate 'Cart' %}{% endblock %}</title>"
    "{% block main %}<main>{% block inner %}nothing{% endblock %}</main>{% endblock %}{% block end %}({{ x }}){% endblock %}"
)
MIDDLE = "{% extends 'frame' %}{% block main %}[{{ block.super }}]{% endblock %}"
PIECE = "<b>{{ x }}</b>"
# (template, what stands in the context)
PAGES: list[tuple[str, dict[str, Any]]] = [
    ("{% translate 'Cart' %} {% translate 'Unknown & so on' %} {% translate word %}", {"word": "Cart"}),
    ("{% translate 'Cart' as cart %}<{{ cart }}>", {}),
    ("{% translate 'Cancel' context 'form' %}", {}),
    ("{% url 'portal:places' %}{% url 'billing:order' number %}{% url 'billing:cart' as c %}{{ c }}", {"number": "7"}),
    ("{% static 'css/portal.css' %}{% static path %}{% static 'a b.css' as p %}{{ p }}", {"path": "x.js"}),
    ("a{# no #}{% comment %}{{ x }}{% endcomment %}b", {}),
    ("{% if x %}{% translate 'Cart' %}{% elif y %}1{% else %}{% static 'a' %}{% endif %}", {"x": "", "y": ""}),
    ("{% for one in x %}{{ one }}{% translate 'Cart' %}{% empty %}{% url 'portal:home' %}{% endfor %}", {"x": "ab"}),
    ("{% autoescape off %}{{ x }}{% translate 'Cart' %}{% endautoescape %}{{ x }}", {"x": "<"}),
    ("{% include 'piece' %}{% include 'piece' with x='<' %}{% include name %}", {"x": "&", "name": "piece"}),
    ("{% badge x 'good' %}", {"x": "<"}),
    ("{% extends 'frame' %}", {"x": "<"}),
    ("{% extends 'frame' %}{% block inner %}{{ block.super }} more{% endblock %}{% block title %}t{% endblock %}", {}),
    ("{% extends 'frame' %}{% block main %}{% block inner %}{{ x }}{% endblock %}{% endblock %}", {"x": "<"}),
    ("{% extends 'middle' %}", {}),
    ("{% extends 'middle' %}{% block inner %}{{ x }}{{ block.super }}{% endblock %}", {"x": 1}),
    ("{% extends 'middle' %}{% block main %}{{ block.super }}{{ block.super }}{% endblock %}", {}),
    ("{% extends 'middle' %}{% block main %}{% if x %}{{ block.super }}{% endif %}{% endblock %}", {"x": 1}),
    ("{% extends 'frame' %}{% block main %}{% if x %}{% block inner %}in{% endblock %}{% endif %}{% endblock %}", {"x": 1}),
    ("{% extends 'frame' %}{% block new %}{% block inner %}lost{% endblock %}{% endblock %}", {}),
    ("{% extends name %}{% block title %}{{ x }}{% endblock %}", {"name": "frame", "x": 1}),
    ("{% extends 'frame' %}{% block main %}{% translate 'Cart' as x %}{{ x }}{% endblock %}", {"x": "outside"}),
    ("{% extends 'frame' %}{% block main %}{% for x in y %}{{ x }}{% endfor %}{% endblock %}", {"x": "o", "y": "ab"}),
]  # fmt: skip


def engine(page: str, loader: str) -> Engine:
    files = {"frame": FRAME, "middle": MIDDLE, "piece": PIECE, "page": page}
    return Engine(
        loaders=[(loader, [("django.template.loaders.locmem.Loader", files)])],
        libraries=LIBRARIES,
        builtins=["django.templatetags.i18n", "django.templatetags.static", "septam.templatetags.ui"],
    )  # fmt: skip


def ours(page: str) -> Engine:
    return engine(page, "septam.constant_templates.Loader")


@pytest.mark.parametrize(("page", "values"), PAGES)
def test_a_page_says_what_it_says_with_djangos_own_loader(
    page: str, values: dict[str, Any]
) -> None:
    plain = engine(page, "django.template.loaders.cached.Loader")
    wanted = plain.get_template("page").render(Context(values))
    kept = ours(page)
    for _time in range(2):
        assert kept.get_template("page").render(Context(values)) == wanted


def test_what_no_request_can_change_becomes_one_text() -> None:
    page = "{% extends 'frame' %}{% block main %}<a href='{% url 'billing:cart' %}'>{% translate 'Cart' %}</a>{% endblock %}"
    texts = [n.s for n in ours(page).get_template("page").nodelist if isinstance(n, TextNode)]
    assert texts == ["<title>سبد خرید</title><a href='/cart/'>سبد خرید</a>(", ")"]


def test_the_portals_language_is_written_whoever_asks_first() -> None:
    kept = ours("{% translate 'Cart' %}")
    with translation.override("en"):
        kept.get_template("page")
    assert kept.get_template("page").render(Context()) == "سبد خرید"


def test_a_wrong_address_fails_where_it_is_shown_and_not_before() -> None:
    kept = ours("{% if x %}{% url 'no:such' %}{% endif %}ok").get_template("page")
    assert kept.render(Context()) == "ok"
    with pytest.raises(NoReverseMatch):
        kept.render(Context({"x": 1}))


def test_a_frame_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(TemplateDoesNotExist):
        ours("{% extends 'gone' %}").get_template("page")
