"""The scripts of the pages in an engine of 2013, and what they do there."""

from pathlib import Path

import pytest

from septam import jalali
from tests.front.phantom import ROOT, SCRIPTS, run

EMPTY = "<!doctype html><title>x</title><body></body>"
PORTAL, SUGGEST, PICKER = (
    ROOT / "static" / "js" / name for name in ("portal.js", "suggest.js", "picker.js")
)
KEYDOWN = """
function press(target, key) {
  var event = document.createEvent('Event');
  event.initEvent('keydown', true, true); event.keyCode = key; target.dispatchEvent(event);
}
"""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_each_script_is_understood_by_an_es5_engine(script: Path, tmp_path: Path) -> None:
    assert run(EMPTY, [script], [], tmp_path)["errors"] == []


def test_a_script_of_today_would_be_noticed(tmp_path: Path) -> None:
    modern = tmp_path / "modern.js"
    modern.write_text("const twice = x => 2 * x;", encoding="utf-8")
    assert run(EMPTY, [modern], [], tmp_path)["errors"]


def test_the_picker_and_the_server_have_the_same_calendar(tmp_path: Path) -> None:
    """Length and first weekday of all 2,052 months that the portal accepts."""
    step = """
      var c = window.septamCalendar, all = [], year, month;
      for (year = 1280; year <= 1450; year += 1) {
        for (month = 1; month <= 12; month += 1) { all.push([c.daysIn(year, month), c.weekday([year, month, 1])]); }
      }
      return all;
    """
    page = run(EMPTY, [PICKER], [step], tmp_path)
    months = [(year, month) for year in range(1280, 1451) for month in range(1, 13)]
    expected = [
        # Python's week begins on Monday, ours on Saturday.
        [jalali.days_in_month(y, m), (jalali.to_gregorian(y, m, 1).weekday() + 2) % 7]
        for y, m in months
    ]
    assert page["values"][0] == expected


DATE_PAGE = """<!doctype html><title>x</title><body><form>
<label for="day">تاریخ</label><input id="day" data-jdate data-today="1405/09/01" data-min="1300/01/01"
data-max="1405/09/01"></form></body>"""


def test_the_picker_writes_the_day_that_was_reached_by_keys(tmp_path: Path) -> None:
    steps = [
        "document.getElementById('day').value = '1399/12/30'; document.querySelector('button').click();"
        "return document.activeElement.getAttribute('aria-label');",
        KEYDOWN + "press(document.activeElement, 37); press(document.activeElement, 13);"
        "return document.getElementById('day').value;",
    ]
    page = run(DATE_PAGE, [PICKER], steps, tmp_path)
    assert page["values"] == ["شنبه ۳۰ اسفند ۱۳۹۹", "۱۴۰۰/۰۱/۰۱"]
    assert page["errors"] == []


def test_now_in_the_picker_is_the_servers_day(tmp_path: Path) -> None:
    steps = [
        "document.querySelector('button').click();"
        "document.querySelector('.picker .actions button').click();"
        "return document.getElementById('day').value;"
    ]
    assert run(DATE_PAGE, [PICKER], steps, tmp_path)["values"] == ["۱۴۰۵/۰۹/۰۱"]


def test_the_picker_refuses_a_day_outside_its_limits(tmp_path: Path) -> None:
    steps = [
        "document.querySelector('button').click();"
        "document.querySelectorAll('.picker td.off[role=gridcell]')[0].click();"
        "return [document.getElementById('day').value, !!document.querySelector('.picker')];"
    ]
    assert run(DATE_PAGE, [PICKER], steps, tmp_path)["values"] == [["", True]]


def test_a_day_that_cannot_be_changed_gets_no_calendar(tmp_path: Path) -> None:
    closed = DATE_PAGE.replace(
        "</form>", "<input data-jdate disabled><input data-jdate readonly></form>"
    )
    step = "return document.querySelectorAll('button').length;"
    assert run(closed, [PICKER], [step], tmp_path)["values"] == [1]


SUGGEST_PAGE = """<!doctype html><title>x</title><body><form><div>
<input id="city" data-suggest="/suggest/cities/" data-suggest-id="city_id"></div>
<input type="hidden" name="city_id"><button name="search" style="display: none"></button></form>
<script>
window.asked = [];
window.XMLHttpRequest = function () {};
window.XMLHttpRequest.prototype = {
  open: function (method, address) { window.asked.push(address); }, abort: function () {},
  send: function () {
    this.readyState = 4; this.status = 200;
    this.responseText = window.answer || '{"items": [{"id": 5, "label": "تبریز", "note": "سطح ۱"}, ' +
      '{"id": 6, "label": "تبادکان"}], "say": "۲ پیشنهاد"}';
    this.onreadystatechange();
  }
};
</script></body>"""
TYPE = """
var city = document.getElementById('city'), event = document.createEvent('Event');
city.value = '%s'; event.initEvent('input', true, false); city.dispatchEvent(event);
"""
CITY = "return [document.getElementById('city').value, document.querySelector('[name=city_id]').value];"


def test_a_chosen_suggestion_fills_name_and_id_and_typing_on_clears_the_id(tmp_path: Path) -> None:
    steps = [
        TYPE % "تب",
        "return [window.asked, document.querySelectorAll('[role=option]').length,"
        "document.querySelector('[role=status]').textContent, document.querySelector('small').textContent];",
        KEYDOWN
        + "var c = document.getElementById('city'); press(c, 40); press(c, 40); press(c, 13);"
        + CITY,
        TYPE % "تبا" + CITY,
    ]
    page = run(SUGGEST_PAGE, [SUGGEST], steps, tmp_path, pause=400)
    assert page["values"][1] == [["/suggest/cities/?q=%D8%AA%D8%A8"], 2, "۲ پیشنهاد", "سطح ۱"]
    assert page["values"][2] == ["تبادکان", "6"]
    assert page["values"][3] == ["تبا", ""]


@pytest.mark.parametrize(
    ("answer", "told", "button"),
    [
        ('{"items": [], "say": "پیدا نشد"}', "پیدا نشد", "none"),
        ("<html>502", "پاسخی نیامد؛ دکمه «جستجو» را بزنید.", "inline-block"),
    ],
)
def test_that_nothing_was_found_or_no_answer_came_is_told_to_the_eye_too(
    answer: str, told: str, button: str, tmp_path: Path
) -> None:
    steps = [
        f"window.answer = '{answer}';" + TYPE % "تب",
        "var status = document.querySelector('[role=status]'); return [status.className, status.textContent,"
        "document.querySelector('[name=search]').style.display];",
    ]
    # The button is hidden where scripts run, and needed again where no answer comes.
    page = run(SUGGEST_PAGE, [SUGGEST], steps, tmp_path, pause=400)
    assert page["values"][1] == ["hint", told, button]
    assert page["errors"] == []


def test_where_there_is_no_dialog_the_question_is_asked_and_yes_posts(tmp_path: Path) -> None:
    html = """<!doctype html><title>x</title><body><form id="out"><input type="hidden" name="csrfmiddlewaretoken"
      value="token"></form><a id="ask" href="http://127.0.0.1/places/new/" data-confirm-dialog="محل جدید؟"
      data-confirm-text="یک&#10;دو">+</a><script>HTMLFormElement.prototype.submit = function () {
      window.sent = [this.action, this.elements.csrfmiddlewaretoken.value, this.elements.answer.value]; };</script></body>"""
    steps = ["document.getElementById('ask').click(); return window.sent;"]
    page = run(html, [PORTAL], steps, tmp_path)
    assert page["confirmed"] == ["محل جدید؟\n\nیک\n\nدو"]
    assert page["values"] == [["http://127.0.0.1/places/new/", "token", "yes"]]


KEPT_PAGE = """<!doctype html><title>x</title><body><form data-keep method="post"><input name="title"></form>
<script>
window.sent = 0;
window.XMLHttpRequest = function () {};
window.XMLHttpRequest.prototype = { open: function () {}, send: function () { window.sent += 1; } };
function tell(target, kind) { var e = document.createEvent('Event'); e.initEvent(kind, true, false); target.dispatchEvent(e); }
</script></body>"""


def test_what_was_typed_last_is_kept_once_when_the_page_is_left(tmp_path: Path) -> None:
    typed = "tell(document.querySelector('input'), 'input');"
    away = "tell(window, 'pagehide'); tell(document, 'visibilitychange'); return window.sent;"
    steps = [away, typed + away, typed + "tell(document.forms[0], 'submit');" + away]
    page = run(KEPT_PAGE, [PORTAL], steps, tmp_path)
    # Nothing typed; typed and left; typed and sent by the form's own button.
    assert (page["values"], page["errors"]) == ([0, 1, 1], [])


def test_the_error_summary_has_the_focus(tmp_path: Path) -> None:
    html = (
        '<!doctype html><title>x</title><body><div id="error-summary" tabindex="-1">x</div></body>'
    )
    steps = ["return document.activeElement.id;"]
    assert run(html, [PORTAL], steps, tmp_path)["values"] == ["error-summary"]
