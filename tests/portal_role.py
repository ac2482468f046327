"""The portal's own role of the database (deploy/roles.sql) under names of the tests, whose servers belong to `septam`."""

from pathlib import Path

from tests.migrated import CLONE

OWNER, PORTAL = "septam_tests_owner", "septam_tests_portal"
FILE = CLONE / "deploy" / "roles.sql"


def statements(path: Path = FILE) -> str:
    """The file with both roles renamed."""
    text = path.read_text(encoding="utf-8")
    for given, own in (("septam_owner", OWNER), ("septam", PORTAL)):
        text = text.replace(f'"{given}"', f'"{own}"').replace(f"'{given}'", f"'{own}'")
    return text
