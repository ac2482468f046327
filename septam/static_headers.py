"""How long browsers keep static files whose names do not change with what is in them."""

from wsgiref.headers import Headers


def keep_pictures_of_the_guide(headers: Headers, path: str, url: str) -> None:
    """A day: thirty-six names with a digest each would weigh an eighth of the guide's page."""
    if (
        "/guide/" in url
        and url.endswith(".png")
        and "immutable" not in headers.get("Cache-Control", "")
    ):
        headers["Cache-Control"] = "max-age=86400, public"
