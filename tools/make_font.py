"""Make the portal's font files from the npm package `vazirmatn` (OFL 1.1), the same bytes each time.

How to run it (only when the font or the set of letters changes; the results are kept in the tree):

    npm pack vazirmatn@33.0.3 && tar xf vazirmatn-33.0.3.tgz
    python -m venv /tmp/font && /tmp/font/bin/pip install fonttools==4.68.0 brotli==1.2.1
    /tmp/font/bin/python tools/make_font.py package

It writes into static/fonts/:
- vazirmatn-fa-400-700.woff2: Persian, the digits of three scripts and ASCII, weights 400 to 700 in one variable file;
- ttf/Vazirmatn-Regular.ttf and ttf/Vazirmatn-Bold.ttf: the whole static fonts, for PDFs and pictures;
- OFL.txt: the licence, which must stay beside them.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts"
WEB_FONT = "vazirmatn-fa-400-700.woff2"
WEIGHTS = (400, 400, 700)

# Only what a Persian page can hold; each further block costs the owner's first visit some hundred bytes.
LETTERS = ",".join(
    [
        "U+0020-007E",  # ASCII
        "U+00A0,U+00AB,U+00BB,U+00D7,U+00F7,U+00B2,U+00B7",  # no-break space, « », ×, ÷, ², ·
        "U+060C,U+061B,U+061F,U+066A-066C",  # Persian punctuation, percent, decimal and thousands signs
        "U+0621-063A,U+0640-0652,U+0654,U+0670",  # letters, tatweel, harakat
        "U+067E,U+0686,U+0698,U+06A9,U+06AF,U+06C0,U+06CC,U+06D5",  # پ چ ژ ک گ ۀ ی ە
        "U+0660-0669,U+06F0-06F9",  # Arabic and Persian digits
        "U+200B-200F,U+2010-2015,U+2018-201D,U+2022,U+2026,U+2039,U+203A",  # joiners, marks, dashes, quotes
        "U+2190-2193,U+2212,U+2713,U+FDFC",  # arrows, minus, tick, rial sign
    ]
)


def make_web_font(package: Path) -> None:
    """Cut the variable font down to the weights and letters of the portal, as woff2."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(package / "fonts/variable/Vazirmatn[wght].ttf", recalcTimestamp=False)
    with tempfile.TemporaryDirectory() as folder:
        narrowed = Path(folder) / "narrowed.ttf"
        instantiateVariableFont(font, {"wght": WEIGHTS}).save(narrowed)
        subset(narrowed, FONTS / WEB_FONT)


def subset(source: Path, target: Path) -> None:
    """Keep LETTERS of a font; no hinting, no new time stamp, so that the result is repeatable."""
    options = ["--layout-features=*", "--no-recalc-timestamp", "--no-hinting", "--desubroutinize"]
    command = [sys.executable, "-m", "fontTools.subset", str(source), f"--unicodes={LETTERS}"]
    subprocess.check_call([*command, *options, "--flavor=woff2", f"--output-file={target}"])


def copy_whole_fonts(package: Path) -> None:
    """Copy the static fonts for PDFs and the licence as they came."""
    (FONTS / "ttf").mkdir(parents=True, exist_ok=True)
    for name in ("Vazirmatn-Regular.ttf", "Vazirmatn-Bold.ttf"):
        shutil.copyfile(package / "fonts/ttf" / name, FONTS / "ttf" / name)
    shutil.copyfile(package / "OFL.txt", FONTS / "OFL.txt")


def main() -> None:
    """Make all files from the unpacked npm package named on the command line."""
    package = Path(sys.argv[1])
    copy_whole_fonts(package)
    make_web_font(package)
    size = (FONTS / WEB_FONT).stat().st_size
    print(f"{WEB_FONT}: {size} bytes")


if __name__ == "__main__":
    main()
