"""The files of deploy/ say the same: units, image, compose file, the form of settings and the documents."""

import importlib.util
import os
import re
import subprocess
from importlib.machinery import SourceFileLoader
from pathlib import Path

from tests.architecture.source import CLONE
from tools import production_example

DEPLOY = CLONE / "deploy"
UNIT, IMAGE, COMPOSE = (
    (DEPLOY / name).read_text() for name in ("septam-web.service", "Containerfile", "compose.yaml")
)


def options(text: str) -> list[str]:
    """How granian is started, but for the address that it listens on."""
    joined = text.replace("\\\n", " ")
    found = re.search(r"-m granian (.*?)(?:\n|\"])", joined)
    assert found is not None
    return [word for word in re.sub(r"--host \S+", "", found[1]).split() if word]


def test_the_image_serves_as_the_unit_does() -> None:
    assert options(IMAGE) == options(UNIT)
    check = "manage.py check --deploy --fail-level WARNING"
    assert check in UNIT
    assert check in IMAGE


def test_every_setting_that_they_name_is_explained() -> None:
    explained = (CLONE / "docs" / "operations.md").read_text()
    texts = [
        path.read_text()
        for path in (*filter(Path.is_file, DEPLOY.iterdir()), CLONE / ".env.example")
    ]
    named = {name for text in texts for name in re.findall(r"SEPTAM_[A-Z_]+[A-Z]", text)}
    unexplained = {
        name for name in named if name not in explained and _short(name) not in explained
    }
    assert unexplained == set()


def _short(name: str) -> str:
    """The table joins names of one beginning: `SEPTAM_SELLER_NAME`, `_NATIONAL_ID`."""
    return f"`_{name.removeprefix('SEPTAM_SERVICE_ID_').split('_', 2)[-1]}`"


def test_images_are_of_a_named_version() -> None:
    named = re.findall(r"(?m)^FROM (\S+)", IMAGE) + re.findall(r"image: (\S+)", COMPOSE)
    own = {"septam"}
    assert {name for name in named if name not in own and not re.search(r":\d", name)} == set()


def test_the_image_holds_no_settings_and_no_history() -> None:
    left_out = (CLONE / ".containerignore").read_text().split()
    assert {".env", ".git", ".venv", ".run", "media"} <= set(left_out)


def test_the_proxy_that_the_compose_file_trusts_is_its_nginx() -> None:
    trusted = re.search(r"SEPTAM_TRUSTED_PROXIES: (\S+)", COMPOSE)
    address = re.search(r"ipv4_address: ([\d.]+)", COMPOSE)
    assert trusted is not None
    assert address is not None
    assert trusted[1] == address[1]
    assert "server 127.0.0.1:8000;" in (DEPLOY / "nginx.conf").read_text()


MANAGE = DEPLOY / "septam-manage"


def test_a_command_reads_the_settings_as_systemd_does() -> None:
    loader = SourceFileLoader("septam_manage", str(MANAGE))
    spec = importlib.util.spec_from_loader("septam_manage", loader)
    assert spec is not None
    manage = importlib.util.module_from_spec(spec)
    loader.exec_module(manage)
    assert manage.settings(CLONE / ".env.example") == production_example.example()


def test_a_command_runs_with_the_files_settings_and_names_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "septam.env"
    path.write_text("# a remark\nSEPTAM_MODE=pro duction\nSEPTAM_SELLER_NAME='شرکت نمونه'\n")
    environment = {"PATH": os.environ["PATH"], "SEPTAM_ENV_FILE": str(path), "SEPTAM_USER": "root"}

    def run() -> str:
        done = subprocess.run([MANAGE, "check"], env=environment, capture_output=True, text=True)
        assert done.returncode
        return done.stderr

    assert run().startswith("wrong  settings: SEPTAM_MODE is 'pro duction'")
    path.unlink()
    assert f"{path} cannot be read (No such file or directory)" in run()


def test_the_page_of_an_absent_portal_is_written_where_the_proxy_looks() -> None:
    folder = "/var/www/septam"
    texts = [(DEPLOY / "nginx.conf").read_text(), IMAGE, COMPOSE]
    texts += [(CLONE / "docs" / name).read_text() for name in ("deployment.md", "operations.md")]
    assert [text.count(folder) > 0 for text in texts] == [True] * len(texts)
