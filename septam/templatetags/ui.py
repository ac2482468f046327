"""Tags that keep the pages short: navigation, badges, the error summary."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from septam.digits import to_persian
from septam.forms.base import FormProblem, form_problems
from septam.forms.drawing import shown
from septam.office import history as office_history
from septam.office.form import COPIED
from septam.templatetags.persian import fa

register = template.Library()

_BARE_NUMBER = re.compile(r"(?<=>)[0-9]+(?:[.,][0-9]+)?(?=<)")
_COPIED_CELL = re.compile(rf' class="field-(?:{"|".join(COPIED)})[ "]')
# What a colour says. Every badge and note also says it in words.
TONES = ("neutral", "wait", "act", "good", "bad")
MESSAGE_TONES = {"success": "good", "error": "bad", "warning": "act"}


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether the field is one tick box, whose label stands after it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def tone(name: str) -> str:
    """The CSS class of a tone; raises on a name that no style is written for."""
    if name not in TONES:
        raise ValueError(f"no such tone: {name!r}; there are {', '.join(TONES)}")
    return f"tone-{name}"


@register.filter
def message_tone(tags: str) -> str:
    """The tone of a message of Django's messages framework, from its tags."""
    for tag in tags.split():
        if tag in MESSAGE_TONES:
            return f"tone-{MESSAGE_TONES[tag]}"
    return "tone-wait"


@register.filter
def told(entry: Any) -> str:
    """What an entry of the office's history says."""
    return office_history.told(entry)


@register.filter
def labelled(cells: Iterable[SafeString], headers: Iterable[dict[str, Any]]) -> list[SafeString]:
    """The cells of a row of the office's list, each with its column's name, which a phone shows beside the value.

    A value that is nothing but a number stands in Persian digits, unless a bank's page takes it in Latin ones alone.
    """
    # Each cell begins with «<td» or «<th», and what Django wrote into it is escaped. The column of boxes to tick is
    # headed by a box, not by words.
    return [
        format_html(
            '{} data-label="{}"{}',
            SafeString(cell[:3]),  # «<td»  # nosec B703  # nosemgrep: safe-string-of-a-value
            escape(strip_tags(header["text"]).strip()),
            SafeString(_in_persian(cell[3:])),  # Django's own cell, escaped  # nosec B703  # nosemgrep: safe-string-of-a-value
        )
        for cell, header in zip(cells, headers, strict=False)
    ]


def _in_persian(cell: str) -> str:
    if _COPIED_CELL.match(cell):
        return cell
    return _BARE_NUMBER.sub(lambda found: to_persian(found[0]), cell)


@register.simple_tag
def badge(text: Any, tone_name: str = "neutral") -> SafeString:
    """A status in words with a border and a tint: `{% badge "نوبت‌دهی" "wait" %}`."""
    return format_html('<span class="badge {}">{}</span>', tone(tone_name), text)


class Fact(NamedTuple):
    """A line of a card: what is named, its value, and the class of the value («ready», «muted» or none)."""

    label: str
    value: Any
    css: str = ""


@register.simple_tag
def step_card(title: str, step: Any, facts: Iterable[Fact]) -> SafeString:
    """A card of «محل من» and «سوابق اقدام»: facts, what comes next (a `NextStep`) and what can be done now.

    Drawn here and not by a template: these lists are what owners open most, and a card has some thirty values.
    """
    lines = "".join(
        f"<dt>{shown(label)}</dt><dd{_css(css)}>{shown(value)}</dd>\n"
        for label, value, css in facts
    )
    links = "".join(
        f'<a class="button{"" if one.main else " button-second"}" href="{shown(one.url)}">{shown(one.text)}'
        f'<span class="vh"> {shown(title)}</span></a>\n'
        for one in step.actions
    )
    heading, who = _("Next step"), f" ({shown(step.who_text)})" if step.who_text else ""
    return mark_safe(  # noqa: S308  # each value is escaped by shown()  # nosec B308, B703
        f'<li class="card">\n<h2 class="card-title">{shown(title)}</h2>\n<p>{badge(step.label, step.tone)}</p>\n'
        f'<dl class="facts">\n{lines}</dl>\n<p class="next-step"><strong>{heading}{who}</strong> {shown(step.text)}</p>\n'
        f'<p class="actions">{links}</p>\n</li>'
    )


def _css(name: str) -> str:
    return f' class="{name}"' if name else ""


@register.simple_tag(takes_context=True)
def nav_item(context: Context, url_name: str, text: Any, count: int = 0) -> SafeString:
    """One entry of the toolbar; the page that is open is marked for eyes and screen readers."""
    match = getattr(context.get("request"), "resolver_match", None)
    is_current = match is not None and match.view_name == url_name
    return _nav_item(url_name, str(text), count, is_current)


@lru_cache(maxsize=512)
def _nav_item(url_name: str, text: str, count: int, is_current: bool) -> SafeString:
    # The toolbar stands on every page and has few states: each is written once a process.
    here = mark_safe(' class="on" aria-current="page"') if is_current else ""  # a constant  # nosec B308
    unread = (
        format_html(
            ' <span class="count">{}<span class="vh"> {}</span></span>', fa(count), _("unread")
        )
        if count
        else ""
    )
    return format_html('<li><a href="{}"{}>{}{}</a></li>', reverse(url_name), here, text, unread)


@register.simple_tag
def error_summary(*some_forms: Any) -> SafeString:
    """What is wrong in these forms, each line leading to its field; nothing where all is well."""
    problems: list[FormProblem] = []
    for form in some_forms:
        if isinstance(form, forms.BaseForm) and form.is_bound:
            problems += form_problems(form)
    if not problems:
        return SafeString("")
    shown = {"problems": problems, "count": len(problems)}
    return render_to_string("septam/error_summary.html", shown)


@register.simple_tag
def static_anyhow(path: str) -> str:
    """The address of a static file, and a plain one where the files were not collected: a page about a fault must stand."""
    try:
        return static(path)
    except ValueError:  # no such name in the manifest
        return f"{settings.STATIC_URL}{path}"


@register.filter
def problem_heading(count: int) -> str:
    """The heading of the error summary."""
    return ngettext("There is a problem", "There are some problems", count)
