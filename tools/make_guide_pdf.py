"""Make static/guide/septam-guide.pdf anew, after a change of data/guide.md or of its pictures.

.venv/bin/python tools/make_guide_pdf.py
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "septam.settings")

import django

django.setup()

from portal import guide_paper

if __name__ == "__main__":
    guide_paper.PAPER.write_bytes(guide_paper.paper())
    print(f"{guide_paper.PAPER.name}: {guide_paper.PAPER.stat().st_size} bytes")
