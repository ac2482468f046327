"""/metrics: nothing without its token, requests by page over all processes, and the state of queues and banks."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django.fixtures import Settings

from notifications.models import SmsMessage, SmsProviderState, SmsState
from portal import metrics as figures
from septam import clock, heartbeat, metrics

pytestmark = pytest.mark.django_db
TOKEN = "Zt4-Lx8_b7Rk2Wq9Yp1N"


@pytest.fixture
def asked(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Prometheus, with the token; the library counts in one folder as long as the process lives."""
    settings.METRICS_TOKEN = TOKEN
    if "PROMETHEUS_MULTIPROC_DIR" not in metrics.os.environ:
        settings.METRICS_FOLDER = tmp_path_factory.mktemp("metrics")
    yield Client(headers={"Authorization": f"Bearer {TOKEN}"})
    Path(metrics.os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(exist_ok=True)


def told(client: Client, name: str) -> dict[str, float]:
    """The labels of a family with their figures."""
    text = client.get("/metrics").content.decode()
    found = re.findall(rf"(?m)^septam_{name}(?:\{{(.*)\}})? (\S+)$", text)
    return {labels: float(figure) for labels, figure in found}


@pytest.mark.parametrize("brought", ["", "Bearer ", f"Bearer {TOKEN}x", TOKEN])
def test_nobody_reads_them_without_the_token(settings: Settings, brought: str) -> None:
    assert Client(headers={"Authorization": brought}).get("/metrics").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert Client(headers={"Authorization": brought}).get("/metrics").status_code == 404


def test_requests_are_counted_under_the_name_of_their_page_never_their_address(
    asked: Client,
) -> None:
    asked.get("/faq/?secret=1234567")
    asked.get("/no/such/page/secret/")
    counted = told(asked, "requests_total")
    assert counted['method="GET",page="portal:faq",status="200"'] >= 1
    assert counted['method="GET",page="none",status="404"'] >= 1
    assert "secret" not in asked.get("/metrics").content.decode()
    assert told(asked, "request_seconds_count")['page="portal:faq"'] >= 1


def test_queues_worker_and_credit_are_told(asked: Client) -> None:
    heartbeat.beat("worker")
    old = clock.now() - timedelta(minutes=7)
    SmsMessage.objects.create(
        event="visit.reminder", mobile="09121234567", state=SmsState.QUEUED, priority=5, created_at=old,
        next_try_at=old, valid_until=clock.now(),
    )  # fmt: skip
    SmsProviderState.objects.create(name="kavenegar", credit=12_000, credit_unit="rial", failures=2)
    assert told(asked, "sms_waiting")['priority="5"'] == 1
    assert 400 < told(asked, "sms_oldest_age_seconds")['priority="5"'] < 500
    assert told(asked, "sms_credit") == {'provider="kavenegar",unit="rial"': 12_000}
    assert told(asked, "sms_provider_failures") == {'provider="kavenegar"': 2}
    assert told(asked, "worker_heartbeat_age_seconds")['name="worker"'] < 60
    assert told(asked, "database_up") == {"": 1}


def test_a_lost_database_is_a_figure_and_no_error(
    asked: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost() -> None:
        raise OperationalError

    monkeypatch.setattr(figures, "_connections", lost)
    assert told(asked, "database_up") == {"": 0}
