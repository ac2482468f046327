"""`make test` names the browsers that it leaves out, and in CI leaves none out."""

from pathlib import Path

import pytest

from tools import run_tests

CLONE = Path(__file__).resolve().parents[2]


@pytest.fixture
def _no_w3m(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        run_tests.shutil, "which", lambda program: None if program == "w3m" else program
    )
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("SEPTAM_ENGINES", raising=False)


@pytest.mark.usefixtures("_no_w3m")
def test_a_browser_that_is_missing_is_named_and_its_tests_alone_are_left_out() -> None:
    (missing,) = run_tests.left_out()
    assert missing.missed() == "Left out: w3m (apt install w3m)."
    assert run_tests.without([missing]) == ["-m", "not w3m"]
    assert run_tests.may_miss()


@pytest.mark.usefixtures("_no_w3m")
@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("SEPTAM_ENGINES", "all")])
def test_where_nothing_may_be_left_out_a_missing_browser_is_a_failure(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert run_tests.main() == 1
    assert "w3m (apt install w3m)" in capsys.readouterr().err


def test_ci_installs_every_browser() -> None:
    script = (CLONE / ".ci" / "run").read_text()
    wanted = {
        word for e in run_tests.ENGINES for word in e.how.removeprefix("apt install ").split()
    }
    assert sorted(word for word in wanted if word not in script) == []
