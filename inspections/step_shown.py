"""A next step as cards and pages show it: what stands, what follows, who acts, and the owner's actions."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

_WHO = {
    "owner": gettext_lazy("You"),
    "expert": gettext_lazy("The expert"),
    "laboratory": gettext_lazy("The laboratory"),
}


@dataclass(frozen=True)
class Action:
    """Something the owner can do now; `main` is the one that the page is about."""

    name: str
    text: str
    url: str
    main: bool = False


@dataclass(frozen=True)
class NextStep:
    """Status in words and tone, the next step in a sentence, who acts, and the owner's actions."""

    label: str
    tone: str
    text: str
    who: str
    actions: tuple[Action, ...] = ()

    @property
    def who_text(self) -> str:
        """Who acts, in words; empty where nobody has to."""
        return str(_WHO.get(self.who, ""))
