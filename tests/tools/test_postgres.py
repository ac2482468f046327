"""The private Postgres: who shares it, and what it says when it cannot be had."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import postgres_cluster
from tools.postgres import Cluster, PostgresError, Use, database


@pytest.fixture
def clone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty clone with servers' folders of its own; a short path, open to the server's user."""
    folder = Path(tempfile.mkdtemp(prefix="septam-test-"))
    folder.chmod(0o755)
    installed = Cluster("test").wheel_home
    monkeypatch.setattr(postgres_cluster, "SYSTEM_HOME", folder / "system")
    shutil.copy(postgres_cluster.CLONE / "requirements-postgres.txt", folder)
    if installed.exists():  # the wheel is fetched once, not for each test
        shutil.copytree(installed, Cluster("test", folder).wheel_home)
    yield folder
    shutil.rmtree(folder)


def test_the_last_user_of_a_cluster_stops_it(clone: Path) -> None:
    """Two commands at once share one server; it has the extensions that the portal needs and no TCP."""
    cluster = Cluster("test", clone)
    first, second = Use(cluster), Use(Cluster("test", clone))
    first.join()
    second.join()
    first.leave()
    assert cluster.is_running()
    assert cluster.sql("create extension btree_gist; select 1", "septam") == "1"
    assert cluster.sql("show listen_addresses") == ""
    assert cluster.sql("show server_encoding") == "UTF8"
    assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700
    second.leave()
    assert not cluster.is_running()


def test_a_cluster_started_by_hand_outlives_its_other_users(clone: Path) -> None:
    cluster = Cluster("test", clone)
    by_hand, other = Use(cluster), Use(Cluster("test", clone))
    by_hand.join(keep=True)
    os.close(by_hand.users)
    other.join()
    other.leave()
    assert cluster.is_running()
    other.stop()
    assert not cluster.is_running()


def test_a_used_cluster_is_not_stopped_by_hand(clone: Path) -> None:
    user = Use(Cluster("test", clone))
    user.join()
    with pytest.raises(PostgresError, match="uses this Postgres"):
        Use(Cluster("test", clone)).stop()
    user.leave()


@pytest.mark.parametrize(
    ("content", "said"), [("99\n", "belongs to Postgres 99"), (None, "damaged")]
)
def test_a_data_folder_that_does_not_fit_is_named(
    clone: Path, content: str | None, said: str
) -> None:
    cluster = Cluster("test", clone)
    cluster.data.mkdir()
    if content:
        (cluster.data / "PG_VERSION").write_text(content)
    with pytest.raises(PostgresError, match=said):
        cluster.start()


def test_the_forced_choice_must_be_one_of_two(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEPTAM_POSTGRES", "sqlite")
    with pytest.raises(PostgresError, match="machine"):
        Cluster("test", clone).start()


def test_a_deep_clone_gets_a_short_socket_folder(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_cluster, "LONGEST_SOCKET_FOLDER", 30)
    cluster = Cluster("test", clone)
    folder = cluster.sockets
    assert folder.parent == Path("/tmp")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.rmdir()


def test_database_url_overrides_the_private_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://other/server")
    with database("test") as url:
        assert url == "postgres://other/server"
