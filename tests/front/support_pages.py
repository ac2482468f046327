"""Writing to support and its conversations, signed in and not."""

from typing import Any

from accounts.models import Role
from portal.models import SupportThread
from portal.support import threads
from tests.front.scene import Page, Scene
from tests.people import make_staff
from tests.portal.letters import STRANGER, code_of, make_thread, stranger_writes

WRITE, FIND, CODE = "/support/write/", "/support/answer/", "/support/answer/code/"


def _answered(scene: Scene, *, close: bool = False) -> SupportThread:
    thread = SupportThread.objects.get(owner=scene.world.owner)
    text = "سلام. اعتراض شما بررسی شد.\n\nhttps://example.com/" + "a" * 120
    threads.answer(
        thread.pk, make_staff(Role.SUPPORT), text, seen=threads.last_message(thread), close=close
    )
    return thread


def _thread(*, close: bool) -> Any:
    def reach(scene: Scene) -> Any:
        return scene.owner.get(f"/support/threads/{_answered(scene, close=close).number}/")

    return reach


def _reply_wrong(scene: Scene) -> Any:
    return scene.owner.post(scene.url("portal:support_thread"), {"text": ""})


def _sent(scene: Scene) -> Any:
    client = scene.visitor
    stranger_writes(client)
    return client.get("/support/sent/")


def _asked_for_code(code: str = "") -> Any:
    def reach(scene: Scene) -> Any:
        client = scene.visitor
        client.post(FIND, {"number": make_thread().number})
        return client.post(CODE, {"code": code}) if code else client.get(CODE)

    return reach


def _read(scene: Scene) -> Any:
    client = scene.visitor
    client.post(FIND, {"number": make_thread().number})
    return client.post(CODE, {"code": code_of()}, follow=True)


SUPPORT = [
    Page("faq", lambda scene: scene.visitor.get("/faq/")),
    Page("accessibility", lambda scene: scene.visitor.get("/accessibility/")),
    Page("support-owner", lambda scene: scene.owner.get("/support/")),
    Page("support-write", lambda scene: scene.visitor.get(WRITE)),
    Page(
        "support-write-errors",
        lambda scene: scene.visitor.post(WRITE, {**STRANGER, "mobile": "12"}),
    ),
    Page("support-write-owner", lambda scene: scene.owner.get(f"{WRITE}?subject=payment&ref=123")),
    Page("support-sent", _sent),
    Page("support-threads", lambda scene: scene.owner.get("/support/threads/")),
    Page("support-threads-empty", lambda scene: scene.newcomer().get("/support/threads/")),
    Page("support-thread", _thread(close=False)),
    Page("support-thread-closed", _thread(close=True)),
    Page("support-thread-errors", _reply_wrong),
    Page("support-find", lambda scene: scene.visitor.get(FIND)),
    Page("support-find-errors", lambda scene: scene.visitor.post(FIND, {"number": "12"})),
    Page("support-code", _asked_for_code()),
    Page("support-code-errors", _asked_for_code("1")),
    Page("support-read-without-account", _read),
]
