/* The report of a visit: what is typed is saved quietly, photos go as soon as they are taken.
   ES5 only. The page works without this file, by its buttons. */
(function (document, window) {
  'use strict';
  var form = document.getElementById('report-form'), state = document.getElementById('report-state'),
    left = document.getElementById('report-left'), timer = null, busy = false, dirty = false, stopped = false,
    leaving = false, pressed = null, waiting = null, PAUSE = 2500, AGAIN = 15000;
  if (!form || !state || !window.FormData || !window.JSON) { return; }

  function files(act) {
    var found = form.querySelectorAll('input[type=file]'), i;
    for (i = 0; i < found.length; i += 1) { act(found[i]); }
  }

  function say(text, isBad) {
    state.textContent = text;
    state.className = isBad ? 'errornote' : '';
  }

  function typed() {
    var data;
    files(function (box) { box.disabled = true; });
    data = new window.FormData(form);
    files(function (box) { box.disabled = false; });
    data.append('do', 'autosave');
    return data;
  }

  /* Where a comment or a photo is asked for, it is shown. */
  function unfold(id) {
    var part = document.getElementById(id);
    while (part && part.tagName !== 'DETAILS') { part = part.parentNode; }
    if (part) { part.open = true; }
  }

  function showLeft(answer) {
    var list = left.querySelector('ul'), i, line, link;
    left.hidden = !answer.left;
    left.querySelector('summary').textContent = answer.left;
    list.textContent = '';
    for (i = 0; i < answer.items.length; i += 1) {
      line = document.createElement('li');
      link = document.createElement('a');
      link.href = '#' + answer.items[i].target;
      link.textContent = answer.items[i].text;
      line.appendChild(link);
      list.appendChild(line);
      unfold(answer.items[i].target);
    }
  }

  function wait(time) {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, time);
  }

  function heard(request) {
    var answer = null;
    busy = false;
    if (waiting) { waiting.click(); return; }
    try { answer = JSON.parse(request.responseText); } catch (ignore) { answer = null; }
    if (request.status === 200 && answer) {
      form.elements.revision.value = answer.revision;
      say(answer.said, false);
      showLeft(answer);
      if (dirty) { wait(PAUSE); }
      return;
    }
    dirty = true;
    if (request.status === 409 && answer) {
      stopped = true;
      say(answer.said, true);
      return;
    }
    say(form.getAttribute('data-failed'), true);
    wait(AGAIN);
  }

  function save() {
    var request;
    if (busy || stopped || leaving || !dirty) { return; }
    busy = true;
    dirty = false;
    say(form.getAttribute('data-saving'), false);
    request = new window.XMLHttpRequest();
    request.open('POST', window.location.pathname, true);
    request.onreadystatechange = function () { if (request.readyState === 4) { heard(request); } };
    request.send(typed());
  }

  function press(name) {
    var button = form.querySelector('button[value="' + name + '"]');
    if (button) { button.click(); }
  }

  function changed(event) {
    var box = event.target, part;
    if (box.type === 'file') {
      part = box.parentNode;
      while (part && !/^section-/.test(part.id || '')) { part = part.parentNode; }
      if (part && box.value) {
        say(form.getAttribute('data-sending'), false);
        press('save:' + part.id);
      }
      return;
    }
    dirty = true;
    if (box.name === 'true_category') { press('save:section-0'); return; }
    wait(PAUSE);
  }

  form.addEventListener('change', changed, false);
  form.addEventListener('input', function (event) {
    if (event.target.type !== 'file') { dirty = true; wait(PAUSE); }
  }, false);
  form.addEventListener('click', function (event) {
    if (event.target.type === 'submit') { pressed = event.target; }
  }, false);
  /* A button waits for a saving that is under way, so that the two cannot overtake each other. */
  form.addEventListener('submit', function (event) {
    if (busy || leaving) {
      event.preventDefault();
      waiting = busy ? pressed : waiting;
      return;
    }
    leaving = true;
  }, false);
  window.addEventListener('pageshow', function () { leaving = false; waiting = null; }, false);
  window.addEventListener('beforeunload', function (event) {
    if ((dirty || busy) && !leaving) { event.preventDefault(); event.returnValue = ''; }
  }, false);
}(document, window));
