"""Links that show an address on a map: in the phone's own application, and on the web. Nothing is embedded."""

from typing import Any
from urllib.parse import quote, urlencode

# RFC 5870 with the query that Android's and many other map applications understand; iOS ignores it.
_PHONE = "geo:0,0?q="
_WEB = "https://www.openstreetmap.org/search?"


def _wanted(snapshot: dict[str, Any]) -> str:
    return f"{snapshot.get('city_label', '')} {snapshot.get('address', '')}".strip()


def on_phone(snapshot: dict[str, Any]) -> str:
    """The address of a request for the phone's map application."""
    return _PHONE + quote(_wanted(snapshot))


def on_web(snapshot: dict[str, Any]) -> str:
    """The address of a request as a search on OpenStreetMap."""
    return _WEB + urlencode({"query": _wanted(snapshot)})
