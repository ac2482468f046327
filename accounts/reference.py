"""Loads this app's reference data: the terms of use."""

from datetime import date
from pathlib import Path

from accounts.models import TermsVersion


def load_terms(path: Path) -> TermsVersion:
    """The version in the file (front matter between two lines of ---, then the text), made once.

    A version that people may have accepted is never rewritten: another text needs another number. Raises
    ValueError where the file names no version or no day.
    """
    fields, text = _parts(path.read_text(encoding="utf-8"))
    try:
        version, day = int(fields["version"]), date.fromisoformat(fields["effective_from"])
    except KeyError as missing:
        raise ValueError(f"{path.name} has no {missing} in its first lines") from missing
    terms, _new = TermsVersion.objects.get_or_create(
        version=version,
        defaults={
            "text": text,
            "effective_from": day,
            "is_sample": fields.get("is_sample", "") == "true",
        },
    )
    return terms


def _parts(content: str) -> tuple[dict[str, str], str]:
    _nothing, head, text = content.split("---\n", 2)
    pairs = (line.partition(":") for line in head.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _colon, value in pairs}, text.strip()
