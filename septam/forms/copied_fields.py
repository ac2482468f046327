"""The fields of one form, each copied from its class's when somebody asks for it.

Django copies every field for every form, because a form may change its own. A page shows thirty of them and changes
two or three: the others are read where they are.
"""

import copy
from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from typing import Any

from django import forms


class ClassFields(dict[str, forms.Field]):
    """`base_fields` of a form's class; what Django takes for a whole copy of it copies on demand."""

    def __deepcopy__(self, _memo: dict[int, Any]) -> "FormFields":
        return FormFields(self)


class FormFields(dict[str, forms.Field]):
    """`fields` of one form. Whoever gets a field gets the form's own; only `peek` shows the class's, to be read."""

    def __init__(self, of_class: Mapping[str, forms.Field]) -> None:
        super().__init__(of_class)
        self._shared = set(of_class)

    def peek(self, name: str) -> forms.Field:
        """The field, not to be changed: it may be every form's."""
        return super().__getitem__(name)

    def is_untouched(self, name: str) -> bool:
        """Whether nobody can have changed it."""
        return name in self._shared

    def __getitem__(self, name: str) -> forms.Field:
        field = super().__getitem__(name)
        if name in self._shared:
            self[name] = field = copy.deepcopy(field)
        return field

    def __setitem__(self, name: str, field: forms.Field) -> None:
        self._shared.discard(name)
        super().__setitem__(name, field)

    def __delitem__(self, name: str) -> None:
        self._shared.discard(name)
        super().__delitem__(name)

    def __iter__(self) -> Iterator[str]:
        # Said here so that dict(fields) and {**fields} ask for each field instead of taking the class's.
        return super().__iter__()

    def get(self, name: str, default: Any = None) -> Any:  # type: ignore[override]
        """As of any dict."""
        if name not in self:
            return default
        return self[name]

    def pop(self, name: str, *default: Any) -> Any:  # type: ignore[override]
        """As of any dict."""
        if name not in self:
            return super().pop(name, *default)
        field = self[name]
        del self[name]
        return field

    def update(self, *others: Any, **fields: forms.Field) -> None:  # type: ignore[override]
        """As of any dict."""
        for name, field in dict(*others, **fields).items():
            self[name] = field

    def values(self) -> ValuesView[forms.Field]:  # type: ignore[override]
        """As of any dict; all are this form's own from here on."""
        return self._own().values()

    def items(self) -> ItemsView[str, forms.Field]:  # type: ignore[override]
        """As of any dict; all are this form's own from here on."""
        return self._own().items()

    def copy(self) -> dict[str, forms.Field]:
        """As of any dict."""
        return dict(self.items())

    def _own(self) -> Any:
        for name in list(self._shared):
            self[name]
        return super()


def peek(fields: Mapping[str, forms.Field], name: str) -> forms.Field:
    """A field to be read, whatever kind of dict a form keeps it in."""
    return fields.peek(name) if isinstance(fields, FormFields) else fields[name]


def peek_all(fields: dict[str, forms.Field]) -> ItemsView[str, forms.Field]:
    """Names and fields, to be read alone: whatever kind of dict a form keeps them in, none is copied."""
    return dict.items(fields)
