"""What stands on the office's first page besides the list of pages: who has something to show registers it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

Maker = Callable[[HttpRequest], dict[str, Any]]
_makers: list[Maker] = []


def register(maker: Maker) -> None:
    """Let `maker` add to the page's context what this visitor may see; call it from an AppConfig's ready()."""
    if maker not in _makers:
        _makers.append(maker)


def context(request: HttpRequest) -> dict[str, Any]:
    """What all of them give."""
    found: dict[str, Any] = {}
    for maker in _makers:
        found |= maker(request)
    return found
