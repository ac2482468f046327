"""The kinds of reference data that can be imported."""

from accounts.models import User
from portal.imports.place_tables import Categories, Cities, CloudProducts, Laboratories, Provinces
from portal.imports.price_tables import CloudPrices, Tariffs, TravelFees, VatRates
from portal.imports.tables import Table
from portal.imports.visit_tables import Closures, Criteria, Holidays

TABLES: dict[str, type[Table]] = {
    table.kind: table
    for table in (
        Provinces, Cities, Categories, Laboratories, CloudProducts, Criteria, Holidays, Closures, Tariffs, TravelFees,
        CloudPrices, VatRates,
    )
}  # fmt: skip


def permitted(user: User) -> list[type[Table]]:
    """The kinds that this person may import."""
    return [table for table in TABLES.values() if table.may_import(user)]
