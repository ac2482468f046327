"""The office's own scripts in an engine of 2013: the report that saves itself while it is typed."""

import gzip
from pathlib import Path

from tests.front.phantom import ROOT, run

REPORT = ROOT / "static" / "js" / "office" / "report.js"
PAGE = """<!doctype html><title>x</title><body>
<form id="report-form" data-saving="saving" data-failed="failed" data-sending="sending" method="post">
<input type="hidden" name="revision" value="3"><p id="report-state"></p>
<div id="report-left" hidden><details><summary></summary><ul></ul></details></div>
<section id="section-1"><details><input id="area" name="measured_area" value="1"></details><input type="file" name="pv_01_photo" id="file">
<button name="do" value="save:section-1" id="save">s</button></section></form></body>"""
# A server that answers what the test says, and timers that the test lets pass.
STUBS = """
  window.sent = []; window.due = []; window.submits = 0;
  window.setTimeout = function (act) { window.due.push(act); return window.due.length; };
  window.clearTimeout = function (id) { window.due[id - 1] = null; };
  window.tick = function () {
    var acts = window.due; window.due = [];
    acts.forEach(function (act) { if (act) { act(); } });
  };
  window.XMLHttpRequest = function () { window.sent.push(this); };
  window.XMLHttpRequest.prototype = {
    open: function (method) { this.method = method; }, send: function (data) { this.data = data; },
    answer: function (status, text) {
      this.readyState = 4; this.status = status; this.responseText = text; this.onreadystatechange();
    }
  };
  window.type = function (text) {
    var box = document.getElementById('area'), event = document.createEvent('Event');
    box.value = text; event.initEvent('input', true, true); box.dispatchEvent(event);
  };
  document.addEventListener('submit', function (event) {
    window.submits += event.defaultPrevented ? 0 : 1; event.preventDefault();
  }, false);
"""
STATE = "return document.getElementById('report-state').textContent;"
SAVED = """{"said": "saved at 10:02", "revision": 4, "left": "one is left",
 "items": [{"target": "area", "text": "<b>area</b>"}]}""".replace("\n", "")


def play(steps: list[str], tmp_path: Path) -> list[object]:
    """The values of the steps, which run after the stubs and the script."""
    stubs, script = tmp_path / "stubs.js", REPORT
    stubs.write_text(STUBS, encoding="utf-8")
    done = run(PAGE, [stubs, script], steps, tmp_path)
    assert done["errors"] == []
    return list(done["values"])


def test_the_report_is_saved_once_typing_rests_and_says_what_is_left(tmp_path: Path) -> None:
    values = play(
        [
            "window.type('38'); window.type('38.5'); return window.sent.length;",
            f"window.tick(); {STATE}",
            f"window.sent[0].answer(200, '{SAVED}'); {STATE}",
            "return document.getElementById('report-form').elements.revision.value;",
            "return document.querySelector('#report-left a').textContent;",
            "return document.querySelector('section details').open;",
            "window.tick(); return window.sent.length;",
        ],
        tmp_path,
    )
    assert values == [0, "saving", "saved at 10:02", "4", "<b>area</b>", True, 1]


def test_what_could_not_be_saved_is_tried_again_and_another_window_stops_it(tmp_path: Path) -> None:
    values = play(
        [
            f"window.type('5'); window.tick(); window.sent[0].answer(0, ''); {STATE}",
            "window.tick(); return window.sent.length;",
            f"window.sent[1].answer(200, '<html>sign in</html>'); {STATE}",
            f"""window.tick(); window.sent[2].answer(409, '{{"said": "another window"}}'); {STATE}""",
            "window.type('6'); window.tick(); return window.sent.length;",
            "return document.getElementById('area').value;",
        ],
        tmp_path,
    )
    assert values == ["failed", 2, "failed", "another window", 3, "6"]


def test_a_button_waits_for_the_saving_that_is_under_way(tmp_path: Path) -> None:
    values = play(
        [
            "window.type('5'); window.tick(); document.getElementById('save').click(); return window.submits;",
            f"window.sent[0].answer(200, '{SAVED}'); return window.submits;",
        ],
        tmp_path,
    )
    assert values == [0, 1]


def test_the_offices_script_is_small() -> None:
    assert len(gzip.compress(REPORT.read_bytes(), 9)) <= 2 * 1024
