// A page of PhantomJS that is driven over HTTP: POST {"do": "open" | "run" | "shot" | "size" | "faults", …} answers JSON.
// PhantomJS's own WebDriver runs scripts by eval, which the portal's Content-Security-Policy refuses;
// page.evaluate does not go through the page's eval.
var system = require('system'), page = require('webpage').create(), server = require('webserver').create();
var faults = [];
phantom.cookiesEnabled = system.args[2] !== 'no-cookies';
page.viewportSize = { width: 360, height: 740 };
page.onError = function (message) { faults.push(message); };
page.onResourceRequested = function (data, request) {
  if (!/^(data:|https?:\/\/(127\.0\.0\.1|localhost)[:\/])/.test(data.url)) { faults.push('left the host: ' + data.url); request.abort(); }
};

function reply(response, body) {
  response.statusCode = 200;
  response.setHeader('Content-Type', 'application/json');
  response.write(JSON.stringify(body));
  response.close();
}

var commands = {
  open: function (command, response) {
    page.open(command.url, function (status) { reply(response, { value: status }); });
  },
  run: function (command, response) {
    // The script comes as the text of a function's body; a thrown error comes back as a value.
    var whole = 'function () { var args = ' + JSON.stringify(command.args) +
      '; try { return { value: (function (arguments) {' + command.script + '}(args)) }; } catch (e) { return { error: String(e) }; } }';
    reply(response, page.evaluateJavaScript(whole) || { error: 'the page is being left' });
  },
  shot: function (command, response) {
    page.evaluateJavaScript('function () { document.body.bgColor = document.body.bgColor || "#ffffff"; }');
    reply(response, { value: page.renderBase64('PNG') });
  },
  size: function (command, response) {
    page.viewportSize = { width: command.width, height: 740 };
    reply(response, { value: command.width });
  },
  faults: function (command, response) { reply(response, { value: faults }); }
};

if (!server.listen('127.0.0.1:' + system.args[1], function (request, response) {
  var command = JSON.parse(request.postRaw || request.post);
  commands[command['do']](command, response);
})) {
  phantom.exit(2);
}
