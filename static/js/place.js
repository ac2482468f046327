/* The form of a place: once a city is chosen from the list, its laboratories and area code come without a
   new page. ES5 only; without this file the server brings both when the form is sent or searched. */
(function (document, window) {
  'use strict';
  var form = document.querySelector && document.querySelector('form[data-laboratories]'), city, request;
  if (!form || !window.addEventListener || !window.JSON) { return; }
  city = form.elements.city;

  function persian(text) {
    return text.replace(/\d/g, function (digit) { return String.fromCharCode(0x6f0 + Number(digit)); });
  }

  function make(tag, parent) { return parent.appendChild(document.createElement(tag)); }

  function draw(items) {
    var list = document.getElementById('id_laboratory'), chosen = form.querySelector('[name=laboratory]:checked'),
      kept = chosen ? chosen.value : '', hint = document.getElementById('id_laboratory_helptext'), i, line, radio, label;
    if (!list) { return; }
    while (list.firstChild) { list.removeChild(list.firstChild); }
    for (i = 0; i < items.length; i += 1) {
      line = make('div', list);
      label = make('label', line);
      radio = make('input', label);
      radio.type = 'radio';
      radio.name = 'laboratory';
      radio.value = items[i].id;
      radio.checked = items[i].id === kept;
      radio.id = 'id_laboratory_' + i;
      label.setAttribute('for', radio.id);
      label.appendChild(document.createTextNode(' ' + items[i].label));
    }
    if (hint) { hint.textContent = form.getAttribute(items.length ? 'data-choose' : 'data-none'); }
  }

  function prefill(code) {
    var names = ['representative_phone', 'cloud_landline'], i, box;
    for (i = 0; i < names.length; i += 1) {
      box = form.elements[names[i]];
      if (box && (!box.value || /^[0\u06f0][0-9\u06f0-\u06f9]{2}$/.test(box.value))) { box.value = persian(code); }
    }
  }

  function received() {
    var answer;
    if (request.readyState !== 4 || request.status !== 200) { return; }
    try { answer = JSON.parse(request.responseText); } catch (ignore) { return; }
    draw(answer.items);
    if (answer.area_code) { prefill(answer.area_code); }
  }

  function ask() {
    var id = form.elements.city_id.value;
    if (!/^\d+$/.test(id)) { return; }
    if (request) { request.onreadystatechange = null; request.abort(); }
    request = new XMLHttpRequest();
    request.open('GET', form.getAttribute('data-laboratories').replace(/0\/$/, id + '/'), true);
    request.onreadystatechange = received;
    request.send();
  }

  if (city && form.elements.city_id) { city.addEventListener('change', ask, false); }
}(document, window));
