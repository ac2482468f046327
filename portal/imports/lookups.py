"""Levels, provinces and cities as people write them."""

from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from portal.imports import cells
from portal.imports.cells import CellFault
from septam.text import search_key
from sites.models import City, Level, Province

_LEVELS = {level.name: level.value for level in Level}


def level(cell: str) -> int:
    """«SL3», «3» or «سطح ۳ (SL3)»."""
    by_value = {value: Level(value).label for value in Level.values}
    return _LEVELS.get(cell.upper()) or int(cells.choice(by_value)(cell))


class Places:
    """Provinces and cities by name, looked up once a run."""

    @cached_property
    def provinces(self) -> dict[str, Province]:
        """By search key."""
        return {search_key(one.name): one for one in Province.objects.all()}

    @cached_property
    def by_id(self) -> dict[int, Province]:
        """Provinces by id."""
        return {one.pk: one for one in self.provinces.values()}

    @cached_property
    def cities(self) -> dict[str, list[City]]:
        """By search key of the bare name: several provinces may have one of that name."""
        found: dict[str, list[City]] = {}
        for city in City.objects.select_related("province"):
            found.setdefault(city.search_key, []).append(city)
        return found

    def province(self, cell: str) -> Province:
        """Raises CellFault for a name that is none."""
        found = self.provinces.get(search_key(cell.removeprefix("استان ")))
        if found is None:
            raise CellFault(_("There is no province of this name."))
        return found

    def city(self, cell: str, among: Any = ()) -> City:
        """«تهران - ری» or the bare name: the first of the provinces `among`, or the only one in the country."""
        head, dash, name = cell.rpartition(" - ")
        found = self.cities.get(search_key(name), [])
        wanted = [self.province(head)] if dash else list(among)
        if wanted:
            order = [one.pk for one in wanted]
            found = sorted(
                (c for c in found if c.province_id in order),
                key=lambda c: order.index(c.province_id),
            )[:1]
        if len(found) != 1:
            raise CellFault(
                _("There is no single city of this name; write it as “province - city”.")
            )
        return found[0]
