"""The addresses of the office's pages that join apps, registered when the apps are ready."""

from portal.office import find_view, story_view
from septam.office_pages import OfficePage
from septam.office_pages import register as add


def register() -> None:
    """The search, and the story of a request."""
    add(OfficePage("find/", "find", find_view.find_page))
    add(OfficePage("story/<int:pk>/", "request_story", story_view.story_page))
