"""The office's pages as its people see them, for tests of words and for pictures."""

from collections.abc import Iterator

from tests.access.table import POSTED, STAFF, TABLE
from tests.access.test_matrix import address
from tests.access.world import PEOPLE, World, browser_of
from tests.front.scene import Page, Rendered
from tests.watched_files import undone

NO_PAGE = ("jsi18n", "_photo", "_pdf", "_csv", "_ics")


def office_pages(world: World) -> Iterator[Rendered]:
    """Each page of the office that opens by GET, as the first who may see it; what it does is undone."""
    browsers = {person: browser_of(person, world) for person in STAFF}
    for name, row in TABLE.items():
        if not name.startswith("admin:") or name in POSTED or name.endswith(NO_PAGE):
            continue
        seen_by = [one for one in STAFF if row[PEOPLE.index(one)] == 200]
        if seen_by:
            person = seen_by[-1] if name in ("admin:index", "admin:app_list") else seen_by[0]
            with undone():
                answer = browsers[person].get(address(name, world))
            page = Page(f"office-{name.removeprefix('admin:')}-{person}", lambda scene: None)
            yield Rendered(page, answer.status_code, answer.content.decode(), frozenset())
