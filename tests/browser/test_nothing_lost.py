"""In the real Chromium: a session that ends in the middle of a form, the way back, and a form that is kept as one goes."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.stack import Stack
from tests.browser.walkers import Chromium

OWNER, PASSWORD = "09121110002", "12345678"
FORM = "/places/new/form/"
TITLE = "نانوایی <b>\u202eسنگک"


def sign_in(page: Page) -> None:
    """Fill in the page of «ورود», wherever it leads on to."""
    page.fill("#id_account", OWNER)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_load_state()


def press_save(page: Page) -> None:
    """«ثبت اطلاعات»."""
    page.get_by_role("button", name="ثبت اطلاعات").click()
    page.wait_for_load_state()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_form_outlives_the_end_of_its_session_and_the_way_back(
    browser: Browser, stack: Stack, scripts: bool
) -> None:
    chromium = Chromium(browser, scripts=scripts)
    page = chromium.page
    page.goto(f"{stack.url}/sign-in/?next={FORM}")
    sign_in(page)
    page.fill("#id_title", TITLE)
    page.get_by_text("ارتباطات، یادداشت").click()  # below a fold until something is in it
    page.fill("#id_note", "سطر یک\nسطر دو")
    page.context.clear_cookies(name="sessionid")
    press_save(page)
    assert "/sign-in/" in page.url
    sign_in(page)
    assert page.url.endswith(FORM)
    expect(page.locator("#id_title")).to_have_value(TITLE)
    expect(page.locator("#id_note")).to_have_value("سطر یک\nسطر دو")
    # Another page and back: it is still there.
    page.goto(f"{stack.url}/faq/")
    page.go_back()
    expect(page.locator("#id_note")).to_have_value("سطر یک\nسطر دو")
    page.fill("#id_title", "")
    press_save(page)  # refused: the title is missing, and nothing else is lost
    assert page.title().startswith("خطا")
    expect(page.locator("#id_note")).to_have_value("سطر یک\nسطر دو")
    assert chromium.faults == []


def test_a_long_form_is_kept_as_one_types(browser: Browser, stack: Stack) -> None:
    chromium = Chromium(browser, scripts=True)
    page = chromium.page
    page.goto(f"{stack.url}/sign-in/?next={FORM}")
    sign_in(page)
    page.fill("#id_sign_name", "چشمه نور")
    with page.expect_response(lambda answer: answer.status == 204):
        page.locator("#id_sign_name").press("End")
        page.locator("#id_sign_name").type("ی")
    page.locator("#id_sign_name").type("ت")
    page.goto(f"{stack.url}/places/")  # away before the form was kept again
    page.reload()
    expect(page.locator("main")).to_contain_text("یک فرم نیمه‌کاره دارید")
    tab = page.context.new_page()
    page.close()  # by mistake, say
    tab.goto(f"{stack.url}{FORM}")
    expect(tab.locator("#id_sign_name")).to_have_value("چشمه نوریت")
    assert "از نو می‌نویسم" in tab.inner_text("main")
    tab.get_by_role("link", name="از نو می‌نویسم").click()
    expect(tab.locator("#id_sign_name")).to_have_value("")
    assert chromium.faults == []


def test_a_search_without_scripts_opens_the_page_at_what_it_found(
    browser: Browser, stack: Stack
) -> None:
    chromium = Chromium(browser, scripts=False)
    page = chromium.page
    page.goto(f"{stack.url}/sign-in/?next={FORM}")
    sign_in(page)
    page.fill("#id_title", TITLE)
    page.fill("#id_city", "تب")
    page.get_by_role("button", name="جستجو استان و شهر").click()
    assert page.url.endswith("#id_city_found")
    expect(page.get_by_role("group", name="یکی از نام‌های یافته‌شده")).to_be_in_viewport()
    expect(page.locator("#id_title")).to_have_value(TITLE)
    assert not page.title().startswith("خطا")
    page.context.close()
    helped = Chromium(browser, scripts=True).page  # there the list opens as one types
    helped.goto(f"{stack.url}/prices/")
    expect(helped.locator("#id_city")).to_be_visible()
    expect(helped.locator("button[name=search]").first).to_be_hidden()
