"""A choice by typing from a long list: a text box whose text must name one row of the list.

With scripts the box offers names while one types (``static/js/suggest.js``) and notes the chosen row's id
in a hidden field. Without, the server takes a text that names one row exactly; any other comes back with
the near names as radio buttons. The text alone decides whether an id counts, so a stale or forged one,
left over beside another text, chooses nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from septam.forms.drawing import DRAWN, draw_input, shown
from septam.text import clean, search_key


class Option(NamedTuple):
    """One row of the list as it is offered."""

    value: str
    label: str
    note: str = ""  # what stands below it, such as a trade's level


@dataclass(frozen=True)
class LongList:
    """The list behind a field: how its rows are found, and under which address scripts ask for them."""

    suggest_url_name: str
    by_id: Callable[[str], Any]  # the row, or None
    label: Callable[
        [Any], str
    ]  # the text that is shown for a row; no query where its relations are loaded
    labels: Callable[[Any], Sequence[str]]  # every text that names the row
    exact: Callable[[str], Any]  # the one row that the text names, or None
    near: Callable[[str], tuple[Sequence[Option], int]]  # some near ones, and how many there are
    nothing: Any  # what to try where a text finds nothing
    choose: Any  # asks to choose one of the near ones; names the field, for two may ask at once
    whole: Callable[[], Sequence[Option]] | None = (
        None  # every row, where the list can be read through
    )


@dataclass(frozen=True)
class Typed:
    """What a browser sent: the text, the id that a script noted, a radio button and what it answered to."""

    text: str = ""
    noted: str = ""
    picked: str = ""
    asked: str = ""


class ChoiceByTyping(forms.TextInput):
    """The text box with its hidden id, its search button and, after a search, the near names."""

    template_name = "sites/choice_by_typing"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(dict(attrs or {}))
        self.near: Sequence[Option] = ()
        self.near_total = 0
        self.chosen: Option | None = None
        self.search_what: Any = ""
        self.answered_at = ""  # the page that answers a search; without it the form's own
        self.was_searched = False
        self.told: Any = ""  # what is said to a search that found nothing

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> Typed:
        """All that was sent for this field."""
        sent = (
            data.get(key) or "" for key in (name, f"{name}_id", f"{name}_pick", f"{name}_asked")
        )
        return Typed(*(str(value)[:200] for value in sent))

    def value_omitted_from_data(
        self, data: Any, files: MultiValueDict[str, Any], name: str
    ) -> bool:
        """Whether the box was not sent at all."""
        return name not in data

    def drawn_by(self) -> Any:
        """What it draws besides its value; None after a search."""
        return None if self.near or self.told else (self.chosen, str(self.search_what))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The chosen row's own label once it is known, else exactly what was typed."""
        typed = value if isinstance(value, Typed) else Typed(str(value or ""))
        shown = self.chosen.label if self.chosen else typed.text
        own = {"data-suggest-id": f"{name}_id"}
        context = super().get_context(name, shown, {**(attrs or {}), **own})
        return context | {
            "chosen": self.chosen,
            "near": self.near,
            "near_total": self.near_total,
            "asked": typed.text if self.near else "",
            "search_what": self.search_what,
            "told": self.told,
            "was_searched": self.was_searched,
            "found_at": f"{context['widget']['attrs'].get('id', name)}_found",
            "answered_at": self.answered_at,
        }


def _drawn(context: Mapping[str, Any]) -> str:
    """The box and what belongs to it; only after a search is there more than two lines of it.

    The search button opens the page at what was found: at the list, at what is said instead, or at the box.
    """
    widget, chosen = context["widget"], context["chosen"]
    name, what = shown(widget["name"]), shown(context["search_what"])
    value = shown(chosen.value) if chosen else ""
    after = ""
    if context["near"] or context["told"]:
        after = render_to_string("sites/choice_near.html", dict(context))
    found_at = shown(context["found_at"])
    at = f' id="{found_at}"' if context["was_searched"] and not after else ""
    return (
        f'<div class="suggest"{at}>{draw_input(widget)}</div>\n'
        f'<input type="hidden" name="{name}_id" value="{value}">\n'
        f'<p class="actions"><button class="button button-second" type="submit" name="search" value="{name}"'
        f' formaction="{shown(context["answered_at"])}#{found_at}">{_("Search")}<span class="vh"> {what}</span></button></p>\n'
        f"{after}"
    )


DRAWN[ChoiceByTyping.template_name] = _drawn


class ChoiceByTypingField(forms.Field):
    """Gives the chosen row of ``long_list``, or None where nothing was typed.

    Raises ValidationError ``near`` (radio buttons are offered then) or ``unknown``.
    """

    widget = ChoiceByTyping

    def __init__(self, *, long_list: LongList, answered_at: Any = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.long_list = long_list
        self._widget.search_what = self.label
        self._widget.answered_at = answered_at

    def show(self, row: Any) -> None:
        """Draw the field with this row chosen."""
        if row is not None:
            self._widget.chosen = Option(str(row.pk), self.long_list.label(row))

    @property
    def _widget(self) -> ChoiceByTyping:
        return cast(ChoiceByTyping, self.widget)  # no other widget is ever given

    def clean(self, value: Typed | None) -> Any:
        """The chosen row; see the class for what is raised."""
        typed = value or Typed()
        self._widget.chosen = None
        if not clean(typed.text) and not (typed.picked and not typed.asked):
            self.validate(None)
            return None
        row = self._row(typed)
        if row is None:
            raise self._offer(typed.text)
        self.show(row)
        return row

    def _row(self, typed: Typed) -> Any:
        # A radio button answers to one text; it means nothing beside another.
        if (
            typed.picked
            and typed.asked == typed.text
            and (row := self.long_list.by_id(typed.picked))
        ):
            return row
        row = self.long_list.by_id(typed.noted) if typed.noted else None
        if row is not None and search_key(typed.text) in map(
            search_key, self.long_list.labels(row)
        ):
            return row
        return self.long_list.exact(typed.text)

    def _offer(self, text: str) -> ValidationError:
        self._widget.near, self._widget.near_total = self.long_list.near(text)
        code = "near" if self._widget.near else "unknown"
        said = self.long_list.choose if self._widget.near else self.long_list.nothing
        return ValidationError(said, code=code)

    def answer_search(self, text: str) -> None:
        """After a search by this field's button: what there is to choose from, or what to try, without blame.

        Nothing was found, or nothing looked for: then the whole list, where it is short enough.
        """
        widget = self._widget
        widget.was_searched = True
        if widget.chosen is not None or (widget.near and clean(text)):
            return
        if clean(text):
            widget.told = self.long_list.nothing
        elif self.long_list.whole is None:
            widget.told = _("Write a part of the name first.")
        if self.long_list.whole is not None:
            widget.near = self.long_list.whole()
            widget.near_total = len(widget.near)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another text stands in the box than the one that was shown."""
        return isinstance(data, Typed) and data.text != str(initial or "")


class SearchSteps(forms.BaseForm):
    """Mixin for forms with such fields: what happens when the search button of one of them is pressed."""

    def search_only(self, name: str) -> None:
        """Nothing is wrong yet: the field shows what was found, or says what to try."""
        self.is_valid()
        self.errors.clear()
        field = self.fields.get(name)
        if isinstance(field, ChoiceByTypingField):
            field.answer_search(str(self.data.get(name, "")))
