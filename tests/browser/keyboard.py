"""A walker who has no mouse: Tab, Enter, space and the arrows are all that is pressed."""

from typing import Any

from playwright.sync_api import Locator

from tests.browser.walkers import Chromium

# What the focus is on, whether it can be seen there, and whether it is what was looked for (or a radio of its group).
_FOCUS = """wanted => {
  const on = document.activeElement, box = on.getBoundingClientRect(), style = getComputedStyle(on);
  const inside = (low, high, end) => (Math.max(low, 0) + Math.min(high, end)) / 2;
  const middle = document.elementFromPoint(inside(box.left, box.right, innerWidth), inside(box.top, box.bottom, innerHeight));
  const group = wanted && on.type === 'radio' && wanted.type === 'radio' && on.name === wanted.name;
  return {
    name: `${on.tagName} ${on.id || on.getAttribute('href') || on.textContent.trim().slice(0, 30)}`,
    found: on === wanted || group,
    nowhere: on === document.body || on === document.documentElement,
    marked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    shown: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    free: !!middle && (on.contains(middle) || middle.contains(on) || !!middle.closest('label')),
  };
}"""


class Keyboard(Chromium):
    """Chromium with scripts, and hands that never leave the keyboard; each step of the focus is looked at."""

    def _press_key(self, key: str) -> None:
        self.page.keyboard.press(key)

    def _reach(self, target: Locator) -> None:
        """Press Tab until the focus is there; raises AssertionError where it is lost from sight or trapped."""
        wanted = target.element_handle()
        steps: list[str] = []
        for _ in range(150):
            self._press_key("Tab")
            focus: dict[str, Any] = self.page.evaluate(_FOCUS, wanted)
            if focus["nowhere"]:  # past the last link the focus leaves the page and begins anew
                continue
            steps.append(focus["name"])
            assert len(steps) < 3 or len(set(steps[-3:])) > 1, f"trapped at {steps[-1]}"
            for fault in ("marked", "shown", "free"):
                assert focus[fault], (
                    f"the focus is not {fault} on {focus['name']} of {self.page.url}"
                )
            if focus["found"]:
                return
        raise AssertionError(f"Tab never comes to {wanted} on {self.page.url}: {steps}")

    def open(self, url: str) -> None:
        """Go to an address; the first Tab is the way past the toolbar."""
        super().open(url)
        self._press_key("Tab")
        if self.page.locator("a.skip").count():
            assert self.page.evaluate("document.activeElement.className") == "skip"
            self._press_key("Enter")
            assert self.page.evaluate("document.activeElement.id") == "main"

    def fill(self, label: str, value: str) -> None:
        """Tab to the field and type over what stands there."""
        self._reach(self._field(label))
        self._press_key("Control+A")
        self.page.keyboard.insert_text(value)

    def choose(self, label: str) -> None:
        """Space ticks a box; the arrows go through options."""
        field = self._field(label)
        self._reach(field)
        if field.get_attribute("type") != "radio":
            if not field.is_checked():
                self._press_key("Space")
        elif not field.is_checked():
            self._press_key("Space")
            for _ in range(20):
                if field.is_checked():
                    break
                self._press_key("ArrowDown")
        assert field.is_checked()

    def press(self, name: str) -> None:
        """Tab to the button or link and press Enter."""
        self._reach(self._called(name))
        asked = self.page.evaluate("!!document.querySelector('dialog[open]')")
        self.page.evaluate("window.staying = true")
        self._press_key("Enter")
        self.page.wait_for_function(
            "asked => !window.staying || (!asked && document.querySelector('dialog[open]'))",
            arg=asked,
        )
        self.page.wait_for_load_state()

    def suggest(self, label: str, typed: str, wanted: str) -> None:
        """Type a part of the name, go down the list by the arrow, take it by Enter."""
        self._reach(self._field(label))
        self.page.keyboard.type(typed, delay=30)
        option = self.page.get_by_role("option", name=wanted).first
        option.wait_for()
        for _ in range(15):
            self._press_key("ArrowDown")
            if option.get_attribute("aria-selected") == "true":
                break
        self._press_key("Enter")
        assert wanted in self._field(label).input_value()
