"""Tags that keep the pages short: navigation, badges, the error summary."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from septam.forms import FormProblem, form_problems
from septam.templatetags.persian import fa

register = template.Library()

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


@register.simple_tag
def badge(text: Any, tone_name: str = "neutral") -> SafeString:
    """A status in words with a border and a tint: `{% badge "نوبت‌دهی" "wait" %}`."""
    return format_html('<span class="badge {}">{}</span>', tone(tone_name), text)


@register.simple_tag
def action_links(actions: Iterable[Any], of_what: str) -> SafeString:
    """What can be done now, as buttons: each action has `url`, `text` and `main`; `of_what` is said to screen readers."""
    link = '<a class="button{}" href="{}">{}<span class="vh"> {}</span></a>\n'
    rows = [("" if one.main else " button-second", one.url, one.text, of_what) for one in actions]
    return format_html_join("", link, rows)


@register.simple_tag(takes_context=True)
def nav_item(context: Context, url_name: str, text: Any, count: int = 0) -> SafeString:
    """One entry of the toolbar; the page that is open is marked for eyes and screen readers."""
    match = getattr(context.get("request"), "resolver_match", None)
    is_current = match is not None and match.view_name == url_name
    return _nav_item(url_name, str(text), count, is_current)


@lru_cache(maxsize=512)
def _nav_item(url_name: str, text: str, count: int, is_current: bool) -> SafeString:
    # The toolbar stands on every page and has few states: each is written once a process.
    here = mark_safe(' class="on" aria-current="page"') if is_current else ""
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


@register.filter
def problem_heading(count: int) -> str:
    """The heading of the error summary."""
    return ngettext("There is a problem", "There are some problems", count)
