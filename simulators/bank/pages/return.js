/* Goes back to the shop by itself after a moment; without scripts the button does the same. */
(function () {
  'use strict';
  var form = document.getElementById('return-form');
  var timer;
  if (!form) { return; }
  timer = window.setTimeout(function () { form.submit(); }, 3000);
  form.onsubmit = function () { window.clearTimeout(timer); };
}());
