"""The pictures of the users' guide, cut from the running portal at the step that each of them shows.

`make guide` takes them (SEPTAM_GUIDE_PICTURES=1) into static/guide/: one for phones, drawn twice as fine, and one for
wide screens; few colours, which is what makes them small. Their sizes go to data/guide_pictures.json. The README's
pictures are taken on the same walk, into docs/pictures/.
"""

import io
import json
import os
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Page

from portal.guide_text import PICTURES, SIZES

PHONE, WIDE, HEIGHT = 360, 720, 780
FINE = 2
COLOURS = 48
MARGIN, STEP = 8, 10
WANTED = os.environ.get("SEPTAM_GUIDE_PICTURES") == "1"


class Cut(NamedTuple):
    """From the upper edge of one element to the lower edge of another, at most so high (CSS pixels)."""

    first: str
    last: str
    most: int = 900


def group(heading: str, last: str = "", most: int = 900) -> Cut:
    """One group of fields of a form, or its upper part."""
    found = f"fieldset.group:has(legend:text-is('{heading}'))"
    return Cut(found, last or found, most)


DOCS = PICTURES.parents[1] / "docs" / "pictures"
CUTS = {
    "toolbar": Cut("header.top", "main h1"),
    "registration": Cut("main h1", "main form"),
    "sign-in": Cut("main h1", "main form"),
    "details": Cut("main h1", "main form"),
    "my-places": Cut("main h1", "main .empty"),
    "place-data": group("مشخصات", ".suggest-list"),
    "place-address": group("آدرس و شماره تماس"),
    "place-service": group("سرویس و شماره تماس", most=430),
    "place-more": group("اطلاعات تکمیلی"),
    "place-complete": Cut("div:has(> input[name=complete])", "main form > .actions"),
    "ready": Cut(".cards .card", ".cards .card"),
    "question": Cut("main .card", "main .card"),
    "cart": Cut("main h1", "main form[action*=checkout] .actions"),
    "scheduling": Cut(".cards .card", ".cards .card"),
    "notices": Cut("main h1", "main .cards, main ul"),
    "history": Cut(".cards .card", ".cards .card"),
    "confirm-time": Cut("main .card", "main .card"),
    "certificate": Cut("main h1", "main", 760),
}
# What the README shows: at which step of the guide, how wide and how high.
README = {
    "toolbar": (("home", 1280, 900), ("home-phone", 360, 780)),
    "ready": (("places", 360, 780),),
    "cart": (("cart", 360, 780),),
    "confirm-time": (("confirm-time", 360, 780),),
    "certificate": (("certificate", 360, 900),),
}
# The style sheet asks for the font only where it comes at once; a picture shows it whenever it came.
OWN_FONT = """async () => {
  const rules = (list) => [...list].flatMap((rule) => [rule, ...rules(rule.cssRules || [])]);
  for (const sheet of document.styleSheets) {
    for (const rule of rules(sheet.cssRules).filter((one) => one instanceof CSSFontFaceRule)) {
      const file = new URL(/url\\("?([^")]+)/.exec(rule.style.getPropertyValue("src"))[1], sheet.href);
      const face = new FontFace("Vazirmatn", `url(${file})`, { weight: "400 700" });
      document.fonts.add(await face.load());
    }
  }
}"""
# The guide tells of what lies below a fold, too.
_CALM = """window.scrollTo(0, 0); var d = document.querySelector('.demo'); if (d) { d.style.display = 'none'; }
  document.querySelectorAll('form details').forEach(function (one) { one.open = true; })"""


class GuidePictures:
    """Takes each picture once."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taken: dict[str, list[int]] = {}

    def take(self, name: str) -> None:
        """Cut the step's part out of the page that is open, at both widths."""
        if name in self.taken:
            return
        before = self.page.viewport_size
        assert before
        sizes: list[int] = []
        for width, ending, scale in ((PHONE, "-phone", FINE), (WIDE, "", 1)):
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            self.page.evaluate(_CALM)
            self.page.evaluate(OWN_FONT)
            picture = self._cut(CUTS[name])
            full = picture.width // FINE, picture.height // FINE
            if scale == 1:
                picture = picture.resize(full, Image.Resampling.LANCZOS)
            _keep(picture, f"{name}{ending}.png")
            sizes += full
        for picture_name, width, height in README.get(name, ()):
            self._keep_for_the_readme(picture_name, width, height)
        self.page.set_viewport_size(before)
        self.taken[name] = sizes

    def _keep_for_the_readme(self, name: str, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.evaluate(_CALM)
        self.page.evaluate(OWN_FONT)
        shown = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        shown = shown.resize((width, height), Image.Resampling.LANCZOS) if width > WIDE else shown
        few = shown.quantize(96, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(DOCS / f"{name}.png", optimize=True)

    def _cut(self, cut: Cut) -> Image.Image:
        asked = self.page.locator("dialog[open]").count() > 0
        if asked:
            cut = Cut("dialog[open]", "dialog[open]")
        above = self.page.locator(cut.first).first.bounding_box()
        below = self.page.locator(cut.last).last.bounding_box()
        width = self.page.evaluate("document.documentElement.clientWidth")
        assert above, cut
        assert below, cut
        # The whole width, and heights in steps: the page then says few different numbers.
        top = 0 if cut.first == "header.top" else max(0, above["y"] - MARGIN)
        height = min(below["y"] + below["height"] + MARGIN - top, cut.most)
        clip = {"x": 0, "y": round(top), "width": width, "height": -(-round(height) // STEP) * STEP}
        content = self.page.screenshot(clip=clip, full_page=not asked)  # type: ignore[arg-type]
        return Image.open(io.BytesIO(content)).convert("RGB")

    def write_sizes(self) -> None:
        """Once all are taken."""
        left_out = set(CUTS) - set(self.taken)
        assert not left_out, f"no picture of {left_out}"
        SIZES.write_text(json.dumps(dict(sorted(self.taken.items())), indent=1) + "\n")


def _keep(picture: Image.Image, name: str) -> None:
    few = picture.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    PICTURES.mkdir(exist_ok=True)
    few.save(PICTURES / name, optimize=True)
