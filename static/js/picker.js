/* Jalali date picker: <input data-jdate data-today="1405/09/01" data-min="1300/01/01" data-max="1405/09/01">, in any
   digits. Typing always works, and the server checks. The date picker dialog of the ARIA practices. */
(function (document, window) {
  'use strict';
  var MONTHS = 'فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند'.split(' '),
    DAYS = ['شنبه', 'یکشنبه', 'دوشنبه', 'سه‌شنبه', 'چهارشنبه', 'پنجشنبه', 'جمعه'],
    FRIDAY = 6, KEY = { tab: 9, enter: 13, escape: 27, space: 32, pageUp: 33, pageDown: 34, end: 35, home: 36,
      left: 37, up: 38, right: 39, down: 40 }, opened = null, made = 0;
  if (!document.querySelectorAll || !window.addEventListener) { return; }

  /* ---- the calendar; a date is [year, month, day] ---- */

  function persian(text) {
    return String(text).replace(/\d/g, function (digit) { return String.fromCharCode(0x6f0 + Number(digit)); });
  }

  function latin(text) {
    return String(text).replace(/[\u06f0-\u06f9\u0660-\u0669]/g, function (digit) { return digit.charCodeAt(0) % 16; });
  }

  function two(number) { return (number < 10 ? '0' : '') + number; }

  /* Days since an arbitrary day, by the 33-year cycle: right for 1206 to 1498. */
  function dayNumber(year, month, day) {
    var cycle = year + 1595, before = month < 7 ? 31 * (month - 1) : 30 * (month - 7) + 186;
    return 365 * cycle + 8 * Math.floor(cycle / 33) + Math.floor((cycle % 33 + 3) / 4) + before + day;
  }

  function daysIn(year, month) {
    if (month < 12) { return month < 7 ? 31 : 30; }
    return dayNumber(year + 1, 1, 1) - dayNumber(year, 12, 1);
  }

  function weekday(date) { return (dayNumber(date[0], date[1], date[2]) + 2) % 7; }

  function parse(text) {
    var found = /^\s*(\d{4})[\/\-. ](\d{1,2})[\/\-. ](\d{1,2})\s*$/.exec(latin(text || '')), date;
    if (!found) { return null; }
    date = [Number(found[1]), Number(found[2]), Number(found[3])];
    return date[1] >= 1 && date[1] <= 12 && date[2] >= 1 && date[2] <= daysIn(date[0], date[1]) ? date : null;
  }

  function order(date) { return date[0] * 10000 + date[1] * 100 + date[2]; }

  function addMonths(date, count) {
    var months = date[0] * 12 + date[1] - 1 + count, year = Math.floor(months / 12), month = months % 12 + 1;
    return [year, month, Math.min(date[2], daysIn(year, month))];
  }

  function addDays(date, count) {
    var moved = [date[0], date[1], 1], day = date[2] + count;
    while (day < 1) { moved = addMonths(moved, -1); day += daysIn(moved[0], moved[1]); }
    while (day > daysIn(moved[0], moved[1])) { day -= daysIn(moved[0], moved[1]); moved = addMonths(moved, 1); }
    return [moved[0], moved[1], day];
  }

  function spoken(date) { return DAYS[weekday(date)] + ' ' + persian(date[2]) + ' ' + MONTHS[date[1] - 1] + ' ' + persian(date[0]); }

  /* ---- the page ---- */

  function make(tag, className, text, parent) {
    var element = document.createElement(tag);
    if (className) { element.className = className; }
    if (text) { element.appendChild(document.createTextNode(text)); }
    if (parent) { parent.appendChild(element); }
    return element;
  }

  function makeButton(className, text, parent, act) {
    var button = make('button', className, text, parent);
    button.type = 'button';
    button.addEventListener('click', act, false);
    return button;
  }

  function attach(input) {
    var today = parse(input.getAttribute('data-today')), first = parse(input.getAttribute('data-min')) || [1300, 1, 1],
      last = parse(input.getAttribute('data-max')) || [1450, 12, 29], label = document.querySelector('label[for="' + input.id + '"]'),
      name = label ? label.firstChild.nodeValue : 'تاریخ', at, box, months, years, status, body, opener;
    made += 1;

    function clamp(date) { return order(date) < order(first) ? first : order(date) > order(last) ? last : date; }

    function allowed(date) { return order(date) >= order(first) && order(date) <= order(last); }

    function close(backToOpener) {
      if (!box) { return; }
      box.parentNode.removeChild(box);
      box = opened = null;
      opener.setAttribute('aria-expanded', 'false');
      if (backToOpener) { opener.focus(); }
    }

    function choose(date) {
      var event = document.createEvent('Event');
      if (!allowed(date)) { return; }
      input.value = persian(date[0] + '/' + two(date[1]) + '/' + two(date[2]));
      close(true);
      event.initEvent('change', true, false);
      input.dispatchEvent(event);
    }

    function cell(date, row) {
      var chosen = parse(input.value), isChosen = chosen && order(chosen) === order(date), classes = [],
        day = make('td', '', persian(date[2]), row);
      if (weekday(date) === FRIDAY) { classes.push('friday'); }
      if (today && order(today) === order(date)) { classes.push('today'); day.setAttribute('aria-current', 'date'); }
      if (isChosen) { classes.push('chosen'); }
      if (!allowed(date)) { classes.push('off'); day.setAttribute('aria-disabled', 'true'); }
      day.className = classes.join(' ');
      day.setAttribute('role', 'gridcell');
      day.setAttribute('aria-selected', isChosen ? 'true' : 'false');
      day.setAttribute('aria-label', spoken(date));
      day.tabIndex = date[2] === at[2] ? 0 : -1;
      day.addEventListener('click', function () { choose(date); }, false);
    }

    function draw(moveFocus) {
      var lead = weekday([at[0], at[1], 1]), count = lead + daysIn(at[0], at[1]), row, i;
      while (body.firstChild) { body.removeChild(body.firstChild); }
      for (i = 0; i < Math.ceil(count / 7) * 7; i += 1) {
        if (i % 7 === 0) { row = make('tr', '', '', body); }
        if (i < lead || i >= count) { make('td', 'off', '', row); } else { cell([at[0], at[1], i - lead + 1], row); }
      }
      months.value = at[1];
      years.value = at[0];
      status.textContent = MONTHS[at[1] - 1] + ' ' + persian(at[0]);
      if (moveFocus) { body.querySelector('[tabindex="0"]').focus(); }
    }

    function go(date, moveFocus) { at = clamp(date); draw(moveFocus); }

    function jump() {
      var year = Number(years.value), month = Number(months.value);
      go([year, month, Math.min(at[2], daysIn(year, month))], false);
    }

    function makeSelect(label, from, to, step, text, parent) {
      var select = make('select', '', '', parent), value;
      select.setAttribute('aria-label', label);
      for (value = from; value !== to + step; value += step) { make('option', '', text(value), select).value = value; }
      select.addEventListener('change', jump, false);
      return select;
    }

    function makeHead() {
      var head = make('div', 'picker-head', '', box), turn;
      // Text from right to left mirrors these two: the sign points away from the months all the same.
      turn = makeButton('picker-turn', '‹', head, function () { go(addMonths(at, -1), false); });
      turn.setAttribute('aria-label', 'ماه قبل');
      months = makeSelect('ماه', 1, 12, 1, function (month) { return MONTHS[month - 1]; }, head);
      head.appendChild(document.createTextNode(' '));
      years = makeSelect('سال', last[0], first[0], -1, persian, head);
      turn = makeButton('picker-turn', '›', head, function () { go(addMonths(at, 1), false); });
      turn.setAttribute('aria-label', 'ماه بعد');
    }

    function makeGrid() {
      var table = make('table', '', '', box), row = make('tr', '', '', make('thead', '', '', table)), i, head;
      table.setAttribute('role', 'grid');
      table.setAttribute('aria-label', name);
      for (i = 0; i < 7; i += 1) {
        head = make('th', '', DAYS[i].charAt(0), row);
        head.setAttribute('scope', 'col');
        head.setAttribute('abbr', DAYS[i]);
      }
      body = make('tbody', '', '', table);
    }

    function makeFoot() {
      var foot = make('p', 'actions', '', box);
      if (today && allowed(today)) { makeButton('button', 'هم اکنون', foot, function () { choose(today); }); }
      foot.appendChild(document.createTextNode(' '));
      makeButton('button button-second', 'بستن', foot, function () { close(true); });
    }

    function target(key, far) {
      switch (key) {
      case KEY.left: return addDays(at, 1);
      case KEY.right: return addDays(at, -1);
      case KEY.up: return addDays(at, -7);
      case KEY.down: return addDays(at, 7);
      case KEY.home: return addDays(at, -weekday(at));
      case KEY.end: return addDays(at, 6 - weekday(at));
      case KEY.pageUp: return addMonths(at, far ? -12 : -1);
      case KEY.pageDown: return addMonths(at, far ? 12 : 1);
      default: return null;
      }
    }

    /* Tab goes round inside the dialog. */
    function keepInside(event) {
      var stops = box.querySelectorAll('button, select, [tabindex="0"]'), end = event.shiftKey ? 0 : stops.length - 1;
      if (event.target === stops[end]) { event.preventDefault(); stops[stops.length - 1 - end].focus(); }
    }

    function pressed(event) {
      var date, key = event.keyCode;
      if (key === KEY.escape) { event.preventDefault(); close(true); return; }
      if (key === KEY.tab) { keepInside(event); return; }
      if (event.target.tagName !== 'TD') { return; }
      if (key === KEY.enter || key === KEY.space) { event.preventDefault(); choose(at); return; }
      date = target(key, event.shiftKey);
      if (date) { event.preventDefault(); go(date, true); }
    }

    function open() {
      if (box) { close(true); return; }
      if (opened) { opened(false); }
      box = make('div', 'picker');
      box.setAttribute('role', 'dialog');
      box.setAttribute('aria-modal', 'true');
      box.setAttribute('aria-label', 'انتخاب ' + name);
      status = make('p', 'vh', '', box);
      status.setAttribute('aria-live', 'polite');
      makeHead();
      makeGrid();
      makeFoot();
      box.addEventListener('keydown', pressed, false);
      box.addEventListener('click', function (event) { event.stopPropagation(); }, false);
      opener.parentNode.insertBefore(box, opener.nextSibling);
      opener.setAttribute('aria-expanded', 'true');
      opened = close;
      go(parse(input.value) || today || last, true);
    }

    opener = makeButton('button button-second', 'تقویم', null, function (event) { event.stopPropagation(); open(); });
    opener.setAttribute('aria-haspopup', 'dialog');
    opener.setAttribute('aria-expanded', 'false');
    make('span', 'vh', ' ' + name, opener);
    input.parentNode.insertBefore(opener, input.nextSibling);
    document.addEventListener('click', function () { close(false); }, false);
  }

  window.septamCalendar = { parse: parse, daysIn: daysIn, weekday: weekday, addDays: addDays, addMonths: addMonths };
  var inputs = document.querySelectorAll('input[data-jdate]:enabled:not([readonly])'), i;
  for (i = 0; i < inputs.length; i += 1) { attach(inputs[i]); }
}(document, window));
