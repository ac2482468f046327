"""The walkers' language spoken to two browsers that show text alone: edbrowse, by and for blind people, and w3m.

What they show decides where a field or a button is: the one that follows its label in the order of reading.
"""

import os
import pty
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lxml import html

MARKS = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))


@dataclass(frozen=True)
class Spot:
    """Something that can be used: on which line (from 0), at which place of it, the how many-th of its line."""

    line: int
    start: int
    end: int
    nth: int
    words: str


class TextWalker:
    """What both have in common: they read the lines, find the label, and use the field after it."""

    scripts = False
    reads_pictures = False

    def lines(self) -> list[str]:
        """The page as it is shown."""
        raise NotImplementedError

    def open(self, url: str) -> None:
        """Go to an address."""
        raise NotImplementedError

    def press(self, name: str) -> None:
        """Press the button, or follow the link, that is called so."""
        raise NotImplementedError

    def text(self) -> str:
        """What stands on the page."""
        return re.sub(r"\[\d+\]", "", "\n".join(self.lines()))

    def shot(self, path: Path) -> None:
        """Keep the page's text in place of a picture."""
        path.with_suffix(".txt").write_text(self.text(), encoding="utf-8")

    def suggest(self, label: str, typed: str, wanted: str) -> None:
        """Type the name as it is; the step of searching follows."""
        self.fill(label, wanted.rpartition(" - ")[2])

    def fill(self, label: str, value: str) -> None:
        """Type into the field whose label begins so."""
        raise NotImplementedError

    def hidden(self, name: str) -> str:
        """Nobody reads hidden fields here."""
        raise NotImplementedError


def first_after(lines: list[str], label: str, spots: list[Spot]) -> Spot:
    """The field that follows the label in the order of reading; of several labels the one next to its field."""
    found: list[tuple[int, Spot]] = []
    for number, line in enumerate(lines):
        if _plain(line).startswith(label):
            place = line.translate(MARKS).find(label)
            after = [s for s in spots if (s.line, s.end) > (number, place)]
            between = lines[number : after[0].line] if after else []
            found += [(sum(map(len, between)), after[0])] if after else []
    if not found:
        raise AssertionError(f"no field called {label!r}:\n" + "\n".join(lines))
    return min(found, key=lambda pair: pair[0])[1]


def _plain(line: str) -> str:
    """Without marks of direction and what may stand before a label."""
    return re.sub(r"^(h\d |\W)+", "", line.translate(MARKS))


class Edbrowse(TextWalker):
    """A line editor for pages: its commands come by a pipe; scripts stay off."""

    _FIELD = re.compile(r"<([^<>]*)>")
    _LINK = re.compile(r"\{([^{}]*)\}")

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._say("js-", "H")  # H: say what is wrong, not merely «?»

    def _say(self, *commands: str) -> list[str]:
        """The lines that the commands answered."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n".join([*commands, "!echo that-is-all", ""]))
        self._process.stdin.flush()
        answer: list[str] = []
        for line in self._process.stdout:
            if line.strip() == "that-is-all":
                next(self._process.stdout)  # «ok»
                return answer
            answer.append(line.rstrip("\n"))
        raise AssertionError("edbrowse ended:\n" + "\n".join(answer[-20:]))

    def lines(self) -> list[str]:
        """The page as it is shown."""
        return self._say(",p")

    def open(self, url: str) -> None:
        """Go to an address; if it is there already, it has to be told to look again."""
        self._say("rf" if self._say("f")[-1:] == [f"{url}.browse"] else f"b {url}")

    def fill(self, label: str, value: str) -> None:
        """Type into the field whose label begins so."""
        spot = self._field(label)
        if spot.words == "buffer ?":  # a longer text is edited in a session of its own
            self._say(f"{spot.line + 1}", "ib")
            session = self._field(label).words.removeprefix("buffer ")
            self._say(f"e{session}", ",d", "a", value, ".", "e1")
        else:
            self._say(f"{spot.line + 1}i{spot.nth}={value}")

    def _field(self, label: str) -> Spot:
        lines = self.lines()
        return first_after(lines, label, list(_spots(lines, self._FIELD)))

    def choose(self, label: str) -> None:
        """Tick the box, or choose the option, whose label begins so."""
        lines = self.lines()
        for spot in _spots(lines, self._FIELD):
            if spot.words in {"-", "+"} and lines[spot.line][spot.end :].strip().startswith(label):
                self._say(f"{spot.line + 1}i{spot.nth}=+")
                return
        raise AssertionError(f"nothing to choose called {label!r}:\n" + "\n".join(lines))

    def press(self, name: str) -> None:
        """Press the button, or follow the link, that is called so.

        edbrowse 3.7.7 sends a longer text as empty if it came with the page and was not opened: so it is opened.
        """
        lines = self.lines()
        self._say(
            *(
                word
                for n, line in enumerate(lines, 1)
                if "<buffer text>" in line
                for word in (f"{n}", "ib")
            )
        )
        for pattern, verb in ((self._FIELD, "i{}*"), (self._LINK, "g{}")):
            for spot in _spots(lines, pattern):
                if spot.words.translate(MARKS).strip().startswith(name):
                    self._say(f"{spot.line + 1}{verb.format(spot.nth)}")
                    return
        raise AssertionError(f"nothing called {name!r}:\n" + "\n".join(lines))


def _spots(lines: list[str], pattern: "re.Pattern[str]") -> Iterator[Spot]:
    for number, line in enumerate(lines):
        for nth, found in enumerate(pattern.finditer(line), 1):
            yield Spot(number, found.start(), found.end(), nth, found[1] or "")


class W3m(TextWalker):
    """A pager for pages on a terminal of its own; what it shows it also saves, and that is read."""

    # A longer text's box has no number before it.
    _FIELD = re.compile(r"\[(\d+)\](?=[\[(])|(?<!\])\[()(?= +\]$)")

    def __init__(self, terminal: int, folder: Path) -> None:
        self._terminal, self._folder, self._saved = terminal, folder, 0

    def _press_keys(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def _do(self, *commands: str) -> None:
        """Commands of its own, by the key that asks for them (see `keymap`)."""
        self._press_keys("\x14" + "; ".join(commands) + "\r")

    def _save(self, *before: str, after: str = "NULL") -> str:
        self._saved += 1
        page, end = self._folder / f"{self._saved}.txt", self._folder / f"{self._saved}.end"
        self._do(*before, f"SAVE_SCREEN {page}", after, f"SAVE_SCREEN {end}")
        _wait(end.exists, "w3m does not answer")
        return page.read_text(encoding="utf-8")

    def lines(self) -> list[str]:
        """The page as it is shown."""
        return self._save().splitlines()

    def open(self, url: str) -> None:
        """Go to an address."""
        self._do(f"GOTO {url}")

    def _use(self, number: int, keys: str = "") -> None:
        """Go to the so many-th link or field, press Enter, and type the keys."""
        self._press_keys(f"{number}\x02\r{keys}")

    def fill(self, label: str, value: str) -> None:
        """Type into the field whose label begins so."""
        lines = self.lines()
        spots = list(_spots(lines, self._FIELD))
        spot = first_after(lines, label, spots)
        if spot.words:
            self._use(int(spot.words), f"\x15{value}\r")
            return
        (self._folder / "typed").write_text(value, encoding="utf-8")  # what its editor writes
        before = max((int(s.words) for s in spots if s.words and s.line < spot.line), default=0)
        marks = enumerate(self._marks(), 1)
        self._use(next(n for n, mark in marks if n > before and mark.tag == "textarea"))

    def choose(self, label: str) -> None:
        """Tick the box, or choose the option, whose label begins so."""
        lines = self.lines()
        for spot in _spots(lines, self._FIELD):
            box = re.match(r"[\[(](.)[\])]\s*", lines[spot.line][spot.end :])
            if spot.words and box and lines[spot.line][spot.end + box.end() :].startswith(label):
                if box[1] == " ":
                    self._use(int(spot.words))
                return
        raise AssertionError(f"nothing to choose called {label!r}:\n" + "\n".join(lines))

    def press(self, name: str) -> None:
        """Press the button, or follow the link, that is called so (it numbers links, and buttons unseen)."""
        marks = list(enumerate(self._marks(), 1))
        for tags in (("button", "input"), ("a",)):
            for number, mark in marks:
                words = " ".join(mark.text_content().split()) or mark.get("value", "")
                if mark.tag in tags and words.translate(MARKS).startswith(name):
                    self._use(number)
                    return
        raise AssertionError(f"nothing called {name!r}:\n{self.text()}")

    def _marks(self) -> list[html.HtmlElement]:
        source = self._save("VIEW", after="VIEW")
        found = html.fromstring(source).xpath("//a[@href]|//input|//button|//select|//textarea")
        return list(found)


def _wait(ready: Callable[[], bool], complaint: str, seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > limit:
            raise AssertionError(complaint)
        time.sleep(0.02)


def _environment(home: Path, **more: str) -> dict[str, str]:
    """A home of its own, so that nobody's settings and cookies play along."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
    } | more


@contextmanager
def edbrowse(folder: Path) -> Iterator[Edbrowse]:
    """An edbrowse process."""
    (folder / ".ebrc").touch()
    process = subprocess.Popen(
        ["edbrowse"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", errors="replace", env=_environment(folder),
    )  # fmt: skip
    try:
        yield Edbrowse(process)
    finally:
        process.kill()
        process.wait()


@contextmanager
def w3m(folder: Path, *arguments: str) -> Iterator[W3m]:
    """A w3m process on a terminal of 50 by 160; arguments go to it as they are (`-no-cookie`)."""
    (folder / ".w3m").mkdir()
    (folder / ".w3m" / "keymap").write_text("keymap C-t COMMAND\nkeymap C-b LINK_BEGIN\n")
    (folder / "blank.html").write_text("<p>.</p>")
    options = ["-I", "UTF-8", "-O", "UTF-8", "-o", "display_link_number=1", "-o", "vi_prec_num=1"]
    command = ["w3m", *options, *arguments, str(folder / "blank.html")]
    editor = folder / "editor"  # the file to write is named last
    editor.write_text(f"#!/bin/sh\nfor last; do :; done\ncat '{folder}/typed' >\"$last\"\n")
    editor.chmod(0o700)
    ours, theirs = pty.openpty()
    subprocess.run(["stty", "rows", "50", "cols", "160"], stdin=theirs, check=True)
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env=_environment(folder, EDITOR=str(editor)),
    )  # fmt: skip
    os.close(theirs)
    threading.Thread(target=_drain, args=(ours,), daemon=True).start()
    try:
        yield W3m(ours, folder)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _drain(terminal: int) -> None:
    """Read what is drawn, so that the drawing never waits."""
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        return
