"""The clone's environment is made anew only where that harms nobody."""

from pathlib import Path

import pytest

from tools import environment


def test_an_environment_that_is_a_link_is_refused_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = tmp_path / "others"
    others.mkdir()
    (others / "precious").write_text("kept")
    link = tmp_path / ".venv"
    link.symlink_to(others)
    monkeypatch.setattr(environment, "CLONE", tmp_path)
    monkeypatch.setattr(environment, "VENV", link)
    with pytest.raises(environment.EnvironmentFault, match=r"\.venv is a link"):
        environment.ensure()
    assert (others / "precious").read_text() == "kept"
