/* A city chosen from the list brings its laboratories at once; without this file they come with the form. */
(function (document) {
  'use strict';
  var city = document.getElementById('id_city'), list = document.getElementById('id_laboratory');
  if (!city || !city.addEventListener) { return; }
  city.addEventListener('change', function () {
    var request = new XMLHttpRequest();
    request.onload = function () { if (request.status === 200) { list.innerHTML = request.responseText; } };
    request.open('GET', city.form.getAttribute('data-laboratories') + city.form.elements.city_id.value);
    request.send();
  }, false);
}(document));
