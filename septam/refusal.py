"""A step that is not possible now: what every app raises for it, and what pages show."""

from django.utils.functional import Promise


class Refusal(Exception):
    """Nothing was changed; `reason` is a Persian sentence for the screen, `field` the typed value it is about, if any."""

    def __init__(self, reason: str | Promise, field: str = "") -> None:
        super().__init__(str(reason))
        self.reason = str(reason)
        self.field = field
