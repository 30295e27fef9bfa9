// What a stored trace can be asked, for view.js, whose helpers it uses: a step's tokens, other ways to stop, records, a picture.
function storedTrace() {
  const others = $('.others'), rows = others.querySelector('tbody'), drawSamples = others.querySelector('.draw'), status = others.querySelector('.status');
  const dialog = $('dialog.keep'), gold = dialog.querySelector('[name=gold]'), result = dialog.querySelector('.result'), send = dialog.querySelector('[name=send]'), label = dialog.querySelector('.open');
  const choices = others.querySelector('.choices');
  let compared = null, chosen = null, turn = 0;       // the trace whose rivals are in the table, or asked for; their names, null: the first ones
  const ask = async (name, asked) => (await server[name](asked).catch(() => null)) || {error: 'The server did not answer. Try again.'};

  // --- other ways to stop
  function row(r) {
    const tr = make('tr'), name = make('th', '', tr), answer = make('td', 'given', tr);
    tr.dataset.known = r.known ? 'yes' : 'no'; tr.dataset.grade = r.grade;
    name.scope = 'row'; name.textContent = r.name;
    const given = make('b', '', answer); given.dir = 'auto'; given.textContent = r.answer;
    if (r.graded) make('span', 'grade', answer).textContent = r.graded;
    make('td', 'spent', tr).textContent = r.spent; make('td', 'reason', tr).textContent = r.why;
    return tr;
  }
  const boxes = () => [...choices.querySelectorAll('input')];
  function offer(all) {                               // the same boxes stay, lest one loses the focus
    const same = all.length === boxes().length && all.every((c, i) => c.key === boxes()[i].value);
    if (!same) choices.replaceChildren(choices.querySelector('legend'), ...all.map(c => {
      const label = make('label'), box = make('input', '', label);
      box.type = 'checkbox'; box.value = c.key; make('span', '', label).textContent = c.name;
      return label;
    }));
    all.forEach((c, i) => { boxes()[i].checked = boxes()[i].defaultChecked = c.chosen; });
  }
  async function compare(draw, names = chosen) {
    const id = compared = current.trace, mine = ++turn, held = drawSamples === document.activeElement;   // a disabled button loses the focus
    drawSamples.disabled = true; text(status, draw ? 'Drawing them…' : 'Asking the others…');
    const answer = await ask('compare_trace', {id, draw, rivals: names});
    if (mine !== turn) return;
    drawSamples.disabled = false; text(status, answer.error || '');
    if (held) (answer.error || answer.draws ? drawSamples : others.querySelector('summary')).focus();
    if (answer.error) { boxes().forEach(box => { box.checked = box.defaultChecked; }); if (others.dataset.shown !== id) compared = null; return; }
    chosen = names;
    offer(answer.choices);
    rows.replaceChildren(...answer.rows.map(row));
    drawSamples.hidden = !answer.draws;
    others.dataset.shown = id;
  }
  others.ontoggle = () => { const v = current; if (others.open && v && v.trace && compared !== v.trace) compare(false); };
  choices.onchange = () => compare(false, boxes().filter(box => box.checked).map(box => box.value));
  drawSamples.onclick = () => compare(true);

  // --- the tokens of a step
  const level = chance => chance == null || chance >= .8 ? 0 : chance >= .5 ? 1 : chance >= .2 ? 2 : 3;
  const percentOf = chance => Math.min(99, Math.max(1, Math.round(100 * chance))) + ' %';
  function fill(panel, answer) {
    panel.replaceChildren();
    make('p', 'said', panel).textContent = answer.error || answer.say;
    if (answer.error) return;
    const line = make('p', 'shades', panel); line.dir = 'auto';
    for (const t of answer.tokens) {
      if (t.text === '\n' && !level(t.chance)) continue;    // a line break without a doubt
      const span = make('span', '', line); span.textContent = t.text.replaceAll('\n', '⏎');
      span.dataset.level = level(t.chance);
      if (t.chance != null) span.title = percentOf(t.chance) + (t.else.length ? '; else ' + t.else.join(', ') : '');
      if (level(t.chance)) make('sub', '', line).textContent = percentOf(t.chance);
    }
    if (!answer.hesitations.length) return;
    const list = make('ul', '', panel);
    for (const h of answer.hesitations) {
      const li = make('li', '', list);
      make('b', '', li).textContent = h.text + ' ' + h.chance; make('span', '', li).textContent = 'else ' + h.else;
    }
  }
  async function tokens(s) {                          // shown under the step, or put away again
    if (s.panel) { s.panel.remove(); s.panel = null; s.peek.setAttribute('aria-expanded', 'false'); return; }
    const panel = s.panel = make('div', 'tokens', s.li);
    s.peek.setAttribute('aria-expanded', 'true');
    panel.textContent = 'Reading it again…';
    const answer = await ask('show_tokens', {id: current.trace, attempt: s.attempt, step: s.index});
    if (s.panel === panel) { fill(panel, answer); text($('.say'), answer.error || answer.say); }
  }

  // --- records
  const counted = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;
  function confirm() {
    const v = current, made = v.stored.attempts, known = Boolean(v.stored.unanswered[0]), right = made.filter(a => a.graded[0] === 'right').length;
    dialog.querySelector('.what').textContent = `${counted(made.length, 'attempt')} will be kept as behavior record${made.length === 1 ? '' : 's'}, to browse and to train on: `
      + (known ? `${right} right, ${made.length - right} wrong.` : 'without a label, as no right answer is known.');
    dialog.querySelector('label').hidden = known; gold.value = ''; text(result, ''); send.disabled = !made.length; send.hidden = false; label.hidden = true;
    dialog.showModal();
  }
  async function keep() {
    const id = current.trace;
    send.disabled = true; text(result, 'Sending…');
    const answer = await ask('keep_trace', {id, gold: gold.value});
    if (id !== current.trace) return;
    if (answer.error) { send.disabled = false; text(result, answer.error); send.focus(); return; }
    const before = answer.total - answer.added;
    text(result, !answer.added ? 'All of them were there already.' : counted(answer.added, 'record') + ' added' + (before ? `, ${before} were there already.` : '.'));
    send.hidden = true; label.hidden = !answer.record; label.href = '?tab=data&record=' + encodeURIComponent(answer.record); dialog.querySelector('[name=cancel]').focus();
  }
  dialog.onclick = e => {
    if (e.target === dialog || e.target.closest('[name=cancel]')) dialog.close();
    else if (e.target.closest('[name=send]')) keep();
  };
  gold.onkeydown = e => { if (e.key === 'Enter' && !send.disabled) { e.preventDefault(); keep(); } };

  function drawn(v) {
    const open = Boolean(v.stored && v.trace && server && props.link == null);
    root.dataset.ask = open ? 'yes' : 'no';
    if (compared !== null && compared !== v.trace) forget();
    if (open && others.open && compared === null) compare(false);
  }
  if (server && props.link == null) ask('may_keep', {}).then(answer => { root.dataset.keep = answer.may ? 'yes' : 'no'; });
  function forget() { compared = null; turn++; rows.replaceChildren(); drawSamples.hidden = true; text(status, ''); delete others.dataset.shown; }
  forget();
  return {drawn, tokens, confirm};
}
