/* Django's script writes how many rows are chosen in Latin digits; they become Persian where they stand. */
(function () {
  'use strict';
  function turn() {
    var shown = document.querySelectorAll('.actions .action-counter, .actions .all'), i, node;
    for (i = 0; i < shown.length; i += 1) {
      node = shown[i].firstChild;
      if (node && node.nodeType === 3 && /[0-9]/.test(node.data)) {
        node.data = node.data.replace(/[0-9]/g, function (digit) { return String.fromCharCode(digit.charCodeAt(0) + 1728); });
      }
    }
  }
  document.addEventListener('change', function () { setTimeout(turn, 0); });
  document.addEventListener('click', function () { setTimeout(turn, 0); });
}());
