/* What pages gain with scripts. ES5 only; every page works without this file. */
(function (document, window) {
  'use strict';
  if (!document.querySelectorAll || !window.addEventListener) { return; }

  function each(selector, act) {
    var found = document.querySelectorAll(selector), i;
    for (i = 0; i < found.length; i += 1) { act(found[i]); }
  }

  function make(tag, className, text, parent) {
    var element = document.createElement(tag);
    if (className) { element.className = className; }
    if (text) { element.appendChild(document.createTextNode(text)); }
    if (parent) { parent.appendChild(element); }
    return element;
  }

  /* data-captcha's address answers {"key": …, "image_url": …}; else the button submits the form. */

  function captcha(block) {
    var image = block.querySelector('img'), key = block.querySelector('[data-captcha-key]'),
      answer = block.querySelector('input[type=text]'), failed = false, i,
      buttons = block.querySelectorAll('[data-captcha-new]');

    function show(request, button) {
      var fresh = null;
      try { fresh = request.status === 200 && JSON.parse(request.responseText); } catch (ignore) { fresh = null; }
      if (!fresh || !fresh.key) { failed = true; button.click(); return; }
      key.value = fresh.key;
      image.src = fresh.image_url;
      answer.value = '';
      answer.focus();
    }

    function renew(event) {
      var request, button = this;
      if (failed) { return; }
      event.preventDefault();
      request = new XMLHttpRequest();
      request.open('GET', block.getAttribute('data-captcha'), true);
      request.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
      request.onreadystatechange = function () { if (request.readyState === 4) { show(request, button); } };
      request.send();
    }

    if (image && key && answer && window.JSON) {
      for (i = 0; i < buttons.length; i += 1) { buttons[i].addEventListener('click', renew, false); }
    }
  }

  /* <a href="/page/that/asks/" data-confirm-dialog="heading" data-confirm-text="lines">: yes posts answer=yes to
     data-confirm-action or the link, by the form data-confirm-form or one made here. */

  function posting(trigger) {
    var form = document.getElementById(trigger.getAttribute('data-confirm-form') || ''), made,
      token = document.querySelector('input[name=csrfmiddlewaretoken]'), field;
    if (!form) {
      if (!token) { return null; }
      form = made = make('form');
      form.method = 'post';
      form.appendChild(token.cloneNode(false));
      form.action = trigger.getAttribute('data-confirm-action') || trigger.href;
    }
    return function () {
      field = make('input');
      field.type = 'hidden';
      field.name = 'answer';
      field.value = 'yes';
      form.appendChild(field);
      if (made) { document.body.appendChild(made); }
      form.submit();
    };
  }

  function showDialog(trigger, lines, post) {
    var dialog = make('dialog', 'dialog'), heading = make('h2', '', trigger.getAttribute('data-confirm-dialog'), dialog),
      more = trigger.getAttribute('data-confirm-link'), i, link, answers, yes, no;
    heading.id = 'dialog-heading';
    dialog.setAttribute('aria-labelledby', heading.id);
    for (i = 0; i < lines.length; i += 1) { make('p', '', lines[i], dialog); }
    if (more) {
      link = make('a', '', trigger.getAttribute('data-confirm-link-text'), make('p', '', '', dialog));
      link.href = more;
    }
    answers = make('p', 'actions', '', dialog);
    yes = make('button', 'button', trigger.getAttribute('data-confirm-yes') || 'بله', answers);
    answers.appendChild(document.createTextNode(' '));
    no = make('button', 'button button-second', trigger.getAttribute('data-confirm-no') || 'خیر', answers);
    yes.type = no.type = 'button';
    if (trigger.hasAttribute('data-confirm-danger')) { yes.className += ' button-danger'; }
    yes.addEventListener('click', function () { yes.disabled = true; post(); }, false);
    no.addEventListener('click', function () { dialog.close(); }, false);
    dialog.addEventListener('close', function () { document.body.removeChild(dialog); trigger.focus(); }, false);
    document.body.appendChild(dialog);
    dialog.showModal();
    no.focus();
  }

  function ask(event) {
    var text = this.getAttribute('data-confirm-text') || '', lines = text ? text.split('\n') : [],
      post = posting(this), heading = this.getAttribute('data-confirm-dialog');
    if (!post || event.ctrlKey || event.metaKey || event.shiftKey || event.button) { return; }
    event.preventDefault();
    if (make('dialog').showModal) {
      showDialog(this, lines, post);
    } else if (window.confirm([heading].concat(lines).join('\n\n'))) {
      post();
    }
  }

  /* A second press sends nothing; the way back finds the form open. */

  function sendOnce(form) {
    var sent = false;
    form.addEventListener('submit', function (event) {
      if (sent) { event.preventDefault(); }
      sent = true;
      window.setTimeout(function () { sent = false; }, 4000);
    }, false);
    window.addEventListener('pageshow', function () { sent = false; }, false);
  }

  /* <form data-keep>: septam/forms/typed_before.py */

  function keepTyped(form) {
    var timer = 0;

    function keep() {
      var typed = new FormData(form), request;
      timer = 0;
      typed.append('septam_keep', '1');
      /* outlives the page */
      if (navigator.sendBeacon) { navigator.sendBeacon('', typed); return; }
      request = new XMLHttpRequest();
      request.open('POST', '', true);
      request.send(typed);
    }

    function stop() {
      window.clearTimeout(timer);
      timer = 0;
    }

    function leave() { if (timer) { stop(); keep(); } }

    function later() {
      stop();
      timer = window.setTimeout(keep, 2000);
    }

    form.addEventListener('input', later, false);
    form.addEventListener('change', later, false);
    form.addEventListener('submit', stop, false);
    window.addEventListener('beforeunload', leave, false);
    window.addEventListener('pagehide', leave, false);
    document.addEventListener('visibilitychange', leave, false);
  }

  each('[data-captcha]', captcha);
  each('[data-keep]', keepTyped);
  each('[data-confirm-dialog]', function (trigger) { trigger.addEventListener('click', ask, false); });
  each('form[method=post]', sendOnce);
  each('[data-print]', function (button) {
    button.removeAttribute('hidden');
    button.addEventListener('click', function () { window.print(); }, false);
  });
  each('#error-summary', function (summary) { summary.focus(); });
}(document, window));
