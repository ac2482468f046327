"""The pages of last resort, and the page of all components."""

from typing import Any

from django.conf import settings

from tests.front.scene import Page, Scene


def _without_token(scene: Scene) -> Any:
    client = scene.visitor
    client.cookies["csrftoken"] = "a" * 32  # cookies are on: the page stood open for long
    client.handler.enforce_csrf_checks = True
    return client.post("/sign-in/", {})


def _too_large(scene: Scene) -> Any:
    text = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    return scene.visitor.post("/support/write/", {"text": text})


ERRORS = [
    Page("not-found", lambda scene: scene.visitor.get("/nothing-here/"), 404),
    Page("not-a-page", lambda scene: scene.visitor.get("/sign-out/"), 405),
    Page("forbidden", lambda scene: scene.owner.get("/office/verify/"), 403),
    Page("form-too-old", _without_token, 403),
    Page("too-large", _too_large, 413),
    Page("bad-request", lambda scene: scene.template("400.html")),
    Page("server-fault", lambda scene: scene.template("500.html")),
    Page("not-there-now", lambda scene: scene.template("503.html")),
    Page("design", lambda scene: scene.visitor.get("/design/")),
]
