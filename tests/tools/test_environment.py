"""The clone's environment is made anew only where that harms nobody."""

import subprocess
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


@pytest.mark.parametrize(
    "target",
    ["bench", "cluster", "faults", "kill-sms", "drill-restore", "drill-upgrade", "drill-image"],
)
def test_on_a_fresh_clone_what_measures_or_drills_compiles_the_catalogues_first(
    target: str,
) -> None:
    """Without them the portal answers in English, and whoever looks for its words finds none."""
    done = subprocess.run(
        ["make", "-n", target], cwd=environment.CLONE, capture_output=True, text=True
    )
    assert "tools/messages.py compile" in done.stdout
