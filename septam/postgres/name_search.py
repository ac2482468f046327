"""Looking for a part of a name along a trigram index: `filter(search_key__holds=key)`.

It finds what `contains` finds. Postgres looks up each three neighbouring letters of a text («فرو», «روش», «وشگ» …) and,
for each row that has the rarest of them, goes through the lists of all others: of two common words at three million places
that were ten lists. Every letter is in the index by a third of them as well, so only those are asked for, and what they
leave is compared with the whole text.
"""

import re

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup
from django.db.models.sql.compiler import SQLCompiler

# After each third letter of a word, as long as three more follow; what is no letter or digit is not in the index.
_THREE = re.compile(r"([^\W_]{3})(?=[^\W_]{3})")
_CUT = "\0"  # stands in no text of Postgres


@CharField.register_lookup
class Holds(Lookup):  # type: ignore[type-arg]  # Django's own takes none when it runs
    """Whether the column holds the text, for columns with an index of trigrams."""

    lookup_name = "holds"

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        """The pieces, by which the index is asked, and the text itself, which no index knows as a condition."""
        column, params = self.process_lhs(compiler, connection)
        text = str(self.rhs)
        pieces = _THREE.sub(rf"\1{_CUT}", text).split(_CUT)
        pattern = "%".join(connection.ops.prep_for_like_query(piece) for piece in pieces)
        if len(pieces) == 1:
            return f"{column} LIKE %s", (*params, f"%{pattern}%")
        # Of «> 0» the planner thinks that a third of the rows pass, of «<> 0» nearly all; and nearly all do.
        both = f"({column} LIKE %s AND strpos({column}, %s) <> 0)"
        return both, (*params, f"%{pattern}%", *params, text)
