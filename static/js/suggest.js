/* A list by typing, the combobox of ARIA 1.2: <input data-suggest="/address" data-suggest-id="name of the hidden field">;
   with data-suggest-go the choice sends the form. The address answers ?q=… with what is found and what to say. ES5 only. */
(function (document, window) {
  'use strict';
  var DOWN = 40, UP = 38, ENTER = 13, ESCAPE = 27, TAB = 9, PAUSE = 250, FAILED = 'پاسخی نیامد؛ دکمه «جستجو» را بزنید.', made = 0;
  if (!document.querySelectorAll || !window.addEventListener || !window.JSON) { return; }

  /* <form data-laboratories="/address?city=">: the city brings them at once. */
  function bringLaboratories(form, city) {
    var request = new XMLHttpRequest(), list = document.getElementById('id_laboratory');
    request.onload = function () { if (request.status === 200) { list.innerHTML = request.responseText; } };
    request.open('GET', form.getAttribute('data-laboratories') + city, true);
    request.send();
  }

  function attach(input) {
    var hidden = input.form && input.form.elements[input.getAttribute('data-suggest-id') || ''],
      list = null, items = [], marked = -1, timer, request, asked = '', chosen = input.value,
      listId = 'suggest-' + (made += 1), status = document.createElement('p'), box = input.parentNode,
      button = box.parentNode.querySelector('[name=search]');

    function set(name, value) { input.setAttribute(name, value); }

    function close() {
      if (list) { box.removeChild(list); }
      list = null;
      marked = -1;
      set('aria-expanded', 'false');
      input.removeAttribute('aria-activedescendant');
    }

    function mark(place) {
      var options = list.children, i;
      marked = (place + options.length) % options.length;
      for (i = 0; i < options.length; i += 1) {
        options[i].className = i === marked ? 'on' : '';
        options[i].setAttribute('aria-selected', i === marked);
      }
      set('aria-activedescendant', options[marked].id);
      list.scrollTop = options[marked].offsetTop - 100;
    }

    /* To the ear alone, or to the eye as well. */
    function say(text, seen) {
      status.className = seen ? 'hint' : 'vh';
      status.textContent = text;
    }

    function choose(place) {
      input.value = chosen = asked = items[place].label;
      if (hidden) { hidden.value = items[place].id; }
      say(chosen);
      close();
      if (input.name === 'city' && input.form.hasAttribute('data-laboratories')) { bringLaboratories(input.form, hidden.value); }
      if (input.hasAttribute('data-suggest-go')) { input.form.submit(); }
    }

    function option(item, place) {
      var line = document.createElement('li');
      line.id = listId + '-' + place;
      line.setAttribute('role', 'option');
      line.setAttribute('aria-selected', 'false');
      line.appendChild(document.createTextNode(item.label));
      if (item.note) {
        line.appendChild(document.createElement('br'));
        line.appendChild(document.createElement('small')).textContent = item.note;
      }
      line.addEventListener('mousedown', function (event) { event.preventDefault(); }, false);
      line.addEventListener('click', function () { choose(place); }, false);
      list.appendChild(line);
    }

    function show(answer) {
      var i;
      close();
      items = answer.items;
      say(answer.say, !items.length);
      if (!items.length) { return; }
      list = document.createElement('ul');
      list.id = listId;
      list.className = 'suggest-list';
      list.setAttribute('role', 'listbox');
      list.setAttribute('aria-label', 'پیشنهادها');
      for (i = 0; i < items.length; i += 1) { option(items[i], i); }
      box.appendChild(list);
      set('aria-expanded', 'true');
    }

    function received() {
      if (request.readyState !== 4) { return; }
      try { show(JSON.parse(request.responseText)); } catch (ignore) { asked = null; close(); say(FAILED, 1); if (button) { button.style.display = 'inline-block'; } }
    }

    function search() {
      var text = input.value, address = input.getAttribute('data-suggest');
      if (text === asked) { return; }
      asked = text;
      if (!text) { close(); say(''); return; }
      if (request) { request.onreadystatechange = null; request.abort(); }
      request = new XMLHttpRequest();
      request.open('GET', address + (address.indexOf('?') < 0 ? '?' : '&') + 'q=' + encodeURIComponent(text), true);
      request.onreadystatechange = received;
      request.send();
    }

    function typed() {
      if (hidden && input.value !== chosen) { hidden.value = ''; chosen = null; }
      window.clearTimeout(timer);
      timer = window.setTimeout(search, PAUSE);
    }

    function move(event, step) {
      event.preventDefault();
      if (list) { mark(marked < 0 && step < 0 ? -1 : marked + step); } else { asked = null; search(); }
    }

    function pressed(event) {
      var key = event.keyCode;
      if (key === DOWN || key === UP) { move(event, key === DOWN ? 1 : -1); }
      if (key === ENTER && list && marked >= 0) { event.preventDefault(); choose(marked); }
      if (key === ESCAPE && list) { event.preventDefault(); close(); }
      if (key === TAB && list && marked >= 0) { choose(marked); }
    }

    say('');
    status.setAttribute('role', 'status');
    box.appendChild(status);
    set('role', 'combobox');
    set('aria-autocomplete', 'list');
    set('aria-expanded', 'false');
    set('aria-controls', listId);
    set('autocomplete', 'off');
    input.addEventListener('input', typed, false);
    input.addEventListener('keydown', pressed, false);
    input.form.addEventListener('change', function (event) {
      if (event.target.name === 'city_pick' && input.name === 'city') { bringLaboratories(input.form, event.target.value); }
    }, false);
    input.addEventListener('blur', function () { window.setTimeout(close, 150); }, false);
  }

  var inputs = document.querySelectorAll('input[data-suggest]'), i;
  for (i = 0; i < inputs.length; i += 1) { attach(inputs[i]); }
}(document, window));
