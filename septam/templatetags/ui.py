"""Tags that keep the pages short: navigation, badges, the error summary."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template import Context
from django.urls import reverse
from django.utils.translation import ngettext

from septam.forms import FormProblem, form_problems

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


@register.inclusion_tag("septam/badge.html")
def badge(text: Any, tone_name: str = "neutral") -> dict[str, Any]:
    """A status in words with a border and a tint: `{% badge "نوبت‌دهی" "wait" %}`."""
    return {"text": text, "tone": tone_name}


@register.inclusion_tag("septam/nav_item.html", takes_context=True)
def nav_item(context: Context, url_name: str, text: Any, count: int = 0) -> dict[str, Any]:
    """One entry of the toolbar; the page that is open is marked for eyes and screen readers."""
    match = getattr(context.get("request"), "resolver_match", None)
    return {
        "url": reverse(url_name),
        "text": text,
        "count": count,
        "is_current": match is not None and match.view_name == url_name,
    }


@register.inclusion_tag("septam/error_summary.html")
def error_summary(*some_forms: Any) -> dict[str, Any]:
    """What is wrong in these forms, each line leading to its field; nothing where all is well."""
    problems: list[FormProblem] = []
    for form in some_forms:
        if isinstance(form, forms.BaseForm) and form.is_bound:
            problems += form_problems(form)
    return {"problems": problems, "count": len(problems)}


@register.filter
def problem_heading(count: int) -> str:
    """The heading of the error summary."""
    return ngettext("There is a problem", "There are some problems", count)
