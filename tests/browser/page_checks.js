// Measures a page as it stands. Each check answers lines that name an element and the finding; none is a good answer.
(function () {
  const named = e => {
    const classes = (e.getAttribute('class') || '').trim().replace(/\s+/g, '.');
    const words = (e.textContent || e.value || '').trim().replace(/\s+/g, ' ').slice(0, 30);
    return `${e.tagName.toLowerCase()}${e.id ? '#' + e.id : ''}${classes ? '.' + classes : ''} «${words}»`;
  };
  const all = selector => [...document.querySelectorAll(selector)].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(e).visibility !== 'hidden';
  });
  const sideways = () => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return wide > 0 ? [`${wide} px`] : [];
  };

  // A finger needs 44 by 44 px, or 24 where a link stands in or beside text. A label is a part of its box.
  const inText = e => e.matches('a:not(.button)') && (getComputedStyle(e).display === 'inline'
    || e.parentElement.textContent.trim().length > e.textContent.trim().length + 1);
  const size = e => {
    const parts = [e, ...(/checkbox|radio/.test(e.type) ? e.labels : [])].map(part => part.getBoundingClientRect());
    const span = (low, high) => Math.max(...parts.map(p => p[high])) - Math.min(...parts.map(p => p[low]));
    return [span('left', 'right'), span('top', 'bottom')];
  };
  const targets = () => all('a[href], button, input:not([type=hidden]), select, textarea, summary')
    .filter(e => !e.disabled && Math.min(...size(e)) < (inText(e) ? 24 : 44) - 0.5)
    .map(e => `${named(e)} ${size(e).map(Math.round).join(' x ')}`);

  // WCAG 1.4.12. The sheet is made by script: the pages' policy refuses one in the page.
  const underSheet = (rules, look) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets = [sheet];
    const found = [...look(), ...sideways()];
    document.adoptedStyleSheets = [];
    return found;
  };
  const cut = () => {
    const hides = (e, way) => /hidden|clip/.test(getComputedStyle(e)['overflow' + way]);
    return all('body *').filter(e => e.textContent.trim() &&
      ((hides(e, 'X') && e.scrollWidth > e.clientWidth + 1) || (hides(e, 'Y') && e.scrollHeight > e.clientHeight + 1)))
      .map(e => `${named(e)} is cut`);
  };
  const spacing = () => underSheet('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }', cut);

  // WCAG 1.4.4 where the letters alone grow: none is cut, and no line runs into the next.
  const crowded = () => all('body *').filter(e => {
    const style = getComputedStyle(e);
    return ownWords(e) && parseFloat(style.lineHeight) < 1.2 * parseFloat(style.fontSize);
  }).map(e => `${named(e)} has lines too near`);
  const largeText = () => underSheet('html { font-size: 200% !important }', () => [...cut(), ...crowded()]);

  // In forced colours grounds are gone: what is pressed, typed into or says a state needs an edge of its own.
  const edges = () => all('.button, .input, .badge, select, textarea').filter(e => {
    const style = getComputedStyle(e);
    return style.borderBottomStyle === 'none' || parseFloat(style.borderBottomWidth) === 0;
  }).map(named);

  // With reduced motion nothing moves.
  const moving = () => document.getAnimations().filter(a => a.effect.getTiming().duration > 1).map(a => named(a.effect.target));

  // How words look: the tags and classes that lead to them. The same ones need not be looked at twice.
  const ownWords = e => [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const path = e => e.parentElement ? `${path(e.parentElement)}>${e.tagName}.${e.getAttribute('class') || ''}` : '';
  const looks = () => [...new Set(all('body *').filter(ownWords).map(path))];

  window.checks = { sideways, targets, spacing, largeText, edges, moving, looks };
}());
