// The drawers: views, label all, snapshots, agreement, import, export, guidelines, keys. Each is filled when it opens.
const drawer = $('.d-drawer'), inside = $('.d-inside');
function openDrawer(name) {
  const [title, fill] = DRAWERS[name];
  drawer.dataset.name = name; $('.d-drawer h2').textContent = title; inside.replaceChildren();
  if (!drawer.open) drawer.showModal();
  return fill();
}
drawer.onclick = e => { if (e.target === drawer || e.target.closest('.close')) drawer.close(); };
const told = () => { const p = make('p', 'd-told', inside); p.setAttribute('role', 'status'); return p; };
const tellIn = (p, words, kind = '') => { p.textContent = words; p.dataset.kind = kind; };
async function trying(p, busy, work) {                // what goes wrong is said in its place
  const waits = [...inside.querySelectorAll('button')].filter(b => !b.disabled); waits.forEach(b => { b.disabled = true; }); tellIn(p, busy);
  try { return await work(); } catch (error) { tellIn(p, error.message, 'bad'); return null; } finally { waits.forEach(b => { b.disabled = false; }); }
}
const lineOf = (parent, ...controls) => { const row = make('div', 'row', parent); row.append(...controls); return row; };
const item = (list, title, small) => { const li = make('li', '', list); make('b', '', li, title).dir = 'auto'; make('small', '', li, small).dir = 'auto'; return li; };
const filterWords = where => Object.entries(where).map(([name, value]) => (WORDS[name] ?? name.replace('_', ' ')) + ' ' + inWords(name, value)).join(', ') || 'everything';

async function views() {
  const box = input('text', 'view'), said = told(); box.placeholder = 'such as: wrong and trusted'; box.maxLength = 80;
  field(inside, 'Save what is shown now as', box);
  const save = press(lineOf(inside), 'save-view', 'Save this view', async () => {
    if (await trying(said, '', () => ask('save_view', {name: box.value, query: {where: view.where, sort: view.sort, descending: view.descending}}))) { box.value = ''; tellIn(said, 'Saved.', 'good'); show(); }
  }, 'main'); save.disabled = !about.labelling;
  const list = make('ul', 'd-items', inside);
  async function show() {
    const {views: all} = await ask('views'); list.replaceChildren();
    for (const {name, author, query, created} of all) {
      const li = item(list, name, filterWords(query.where || {}) + ' · ' + author + ', ' + day(created));
      press(li, '', 'Open', () => { drawer.close(); goTo({where: query.where || {}, sort: query.sort || 'number', descending: query.descending ?? true, queue: '', record: ''}); });
      if (author === (about.person || who())) press(li, '', 'Delete', async () => { if (await trying(said, '', () => ask('delete_view', {name}))) show(); });
    }
    if (!all.length) make('p', 'dim', inside, 'No view is saved yet.');
  }
  await trying(said, '', show);
}

async function bulk() {
  const kinds = [['verdict accept', 'Accept'], ['verdict reject', 'Reject'], ['tag', 'Tag'], ['flag', 'Flag'], ['gold_wrong', 'The gold answer is wrong'], ['skip', 'Skip']];
  make('p', '', inside, 'Says the same about every attempt that the filter holds: ' + filterWords(view.where) + '. One undo takes it all back.').dir = 'auto';
  const kind = field(inside, 'Say', choice('kind', kinds)), tag = field(inside, 'Tag', input('text', 'bulk-tag')), reason = field(inside, 'Why', input('text', 'reason')), said = told();
  const asked = () => { const [name, value] = kind.value.split(' '); return {kind: name, value: value ?? (name === 'tag' ? {tag: tag.value.trim(), on: true} : true)}; };
  const row = lineOf(inside), look = press(row, 'preview', 'Count them', preview), run = press(row, 'run', 'Label them', label, 'main');
  let expected = null;
  const reset = () => { tag.parentNode.hidden = kind.value !== 'tag'; expected = null; run.disabled = true; run.textContent = 'Label them'; tellIn(said, ''); }; kind.onchange = tag.oninput = reset; reset();
  async function preview() {
    const found = await trying(said, 'Counting…', () => ask('bulk_preview', {where: view.where, ...asked()})); if (!found) return;
    const over = found.records > found.limit; expected = found.records;
    tellIn(said, over ? 'More than ' + count(found.limit) + ' attempts: narrow the filter first.' : many(found.records, 'attempt') + ', of which ' + count(found.changed) + ' would change.', over ? 'bad' : '');
    run.disabled = over || !found.changed; run.textContent = 'Label ' + many(found.records, 'attempt');
  }
  async function label() {
    const done = await trying(said, 'Labelling ' + count(expected) + '…', () => ask('bulk', {where: view.where, ...asked(), reason: reason.value, expected})); if (!done) return;
    reset(); drawer.close(); justNow('Labelled ' + many(done.records, 'attempt') + ': ' + done.label + '. Undo takes it back.'); fetched.clear(); reload();
  }
  look.focus();
}

async function snapshots() {
  make('p', '', inside, 'A snapshot freezes the attempts of the filter with the labels that count now. It never changes; a training takes one.');
  make('p', 'dim', inside, 'Now: ' + filterWords(view.where) + (total ? ' · ' + (total.exact ? '' : 'more than ') + many(total.number, 'attempt') : '')).dir = 'auto';
  const name = field(inside, 'Name', input('text', 'snapshot')), note = field(inside, 'Note', input('text', 'snapshot-note')), said = told();
  press(lineOf(inside), 'freeze', 'Freeze it', async () => {
    const made = await trying(said, 'Freezing…', () => ask('freeze', {name: name.value, note: note.value, where: view.where}));
    if (made) { tellIn(said, many(made.records, 'attempt') + ' frozen as ' + made.name + ', ' + made.hash.slice(0, 12) + '.', 'good'); name.value = note.value = ''; show(); }
  }, 'main').disabled = !about.changing;
  const list = make('ul', 'd-items', inside), both = make('div', 'row', inside), found = make('div', '', inside); found.className = 'd-compared';
  async function show() {
    const {snapshots: all} = await ask('snapshots'); list.replaceChildren(); both.replaceChildren(); found.replaceChildren();
    if (!all.length) make('li', 'dim', list, 'No snapshot yet.');
    for (const one of all) {
      const li = item(list, one.name, many(one.records, 'attempt') + ', ' + count(one.accept) + ' accept, ' + count(one.reject) + ' reject · ' + one.hash.slice(0, 12) + ' · ' + one.author + ', ' + day(one.created) + (one.note ? ' · ' + one.note : ''));
      press(li, '', 'Show', () => { drawer.close(); goTo({where: {snapshot: one.name}, queue: '', record: ''}); });
    }
    if (all.length < 2) return;
    const names = all.map(one => [one.name, one.name]), a = choice('a', names, all[1].name), b = choice('b', names, all[0].name); a.setAttribute('aria-label', 'From snapshot'); b.setAttribute('aria-label', 'To snapshot');
    both.append('From ', a, ' to ', b); press(both, 'compare', 'Compare', () => compare(a.value, b.value));
  }
  async function compare(a, b) {
    const seen = await trying(said, '', () => ask('compare', {a, b})); if (!seen) return;
    found.replaceChildren(); make('p', '', found, count(seen.added) + ' added, ' + count(seen.removed) + ' removed, ' + count(seen.relabelled) + ' relabelled');
    const list = make('ul', 'd-items', found), go = (li, id) => press(li, '', 'Open', () => { drawer.close(); openRecord(id); }), label = (said, wrong) => said + (wrong == null ? '' : wrong < 0 ? ', no wrong step' : ', first error at step ' + (wrong + 1));
    for (const one of seen.relabelled_examples) go(item(list, label(one.before, one.error_before) + ' → ' + label(one.after, one.error_after), one.record_id), one.record_id);
    for (const [words, ids] of [['added', seen.added_ids], ['removed', seen.removed_ids]]) for (const id of ids.slice(0, 5)) go(item(list, words, id), id);
  }
  await trying(said, '', show);
}

async function agreement() {
  const kind = field(inside, 'About', choice('about', [['verdict', 'Accept or reject'], ['stop', 'When it should have stopped'], ['steps', 'The first wrong step']])), said = told(), box = make('div', 'd-inside', inside);
  make('p', 'dim', inside, 'Kappa (Cohen) compares two people, alpha (Krippendorff) everybody: 1 is full agreement, 0 is what chance gives.');
  kind.onchange = show;
  async function show() {
    const found = await trying(said, 'Counting…', () => ask('agreement', {where: view.where, kind: kind.value})); if (!found) return;
    tellIn(said, found.items ? many(found.items, 'attempt') + ' judged by two people or more. Alpha ' + (found.alpha == null ? 'cannot be said' : two(found.alpha)) + '. ' + many(found.disputed, 'is disputed', 'are disputed') + '.' : 'No attempt was judged by two people yet. The queue “Second opinion” brings them together.');
    box.replaceChildren();
    if (found.disputed && kind.value === 'verdict') press(lineOf(box), 'settle', 'Settle them', () => { drawer.close(); goTo({queue: 'adjudicate', record: ''}); });
    for (const {confusion: c, items, kappa} of found.pairs) {
      make('h3', '', box, c.first + ' and ' + c.second + ' · ' + many(items, 'attempt') + ' · kappa ' + (kappa == null ? '–' : two(kappa))).dir = 'auto';
      const table = make('table', 'd-matrix', box), head = make('tr', '', make('thead', '', table)), body = make('tbody', '', table), spell = value => { if (kind.value === 'steps') return Number(value) < 0 ? 'none' : 'step ' + (Number(value) + 1); const [stop, step] = value.split(' at step '); return (STOP_WORDS[stop] ?? stop) + (step ? ' (step ' + step + ')' : ''); };
      make('th', 'dim', head, c.first + ' ↓  ' + c.second + ' →'); for (const value of c.values) make('th', '', head, spell(value)).scope = 'col';
      c.values.forEach((value, i) => { const tr = make('tr', '', body); make('th', '', tr, spell(value)).scope = 'row'; c.counts[i].forEach((n, j) => make('td', i === j ? 'same' : n ? 'off' : '', tr, count(n))); });
    }
  }
  await show();
}

// --- files -----------------------------------------------------------------------------------------------------------
const OURS = [['question', 'Question'], ['text', 'Whole text'], ['steps', 'Steps'], ['step_labels', 'Labels of the steps'], ['answer', 'Answer'], ['gold', 'Gold answer'], ['correct', 'Correct'], ['first_error_step', 'First wrong step'], ['reasoner', 'Reasoner'], ['source', 'Source']];
async function bringIn() {
  make('p', '', inside, 'JSONL (also .gz) or Parquet, one attempt a line: our own export, PRM-style step labels, or ProcessBench-style first errors. What is here already is not added twice.');
  const file = field(inside, 'File', input('file', 'file')), shown = make('div', 'd-inside', inside), said = told(); file.accept = '.jsonl,.json,.gz,.parquet';
  let path = null;
  file.onchange = async () => {
    if (!file.files[0]) return;
    path = null;
    const found = await trying(said, 'Reading…', async () => { path = (await upload(file.files[0])).path; return ask('preview_file', {path}); });
    shown.replaceChildren(); if (found) { tellIn(said, ''); show(found, file.files[0].name); }
  };
  function show(found, name, all = null) {
    make('p', 'dim', shown, 'Read as ' + found.format + '.'); const {chosen} = mapping(found, all);
    const table = make('ul', 'd-items', shown);
    for (const row of found.rows) item(table, row.question || '(no question)', 'answer ' + (row.answer ?? 'none') + ' · ' + many(row.steps, 'step') + (row.correct == null ? '' : row.correct ? ' · right' : ' · wrong') + (row.first_error == null ? '' : row.first_error < 0 ? ' · no wrong step' : ' · first error at step ' + (row.first_error + 1)));
    bad(shown, found.bad);
    const row = lineOf(shown);
    press(row, 'look', 'Look again', async () => { const now = chosen(), again = await trying(said, 'Reading…', () => ask('preview_file', {path, ...now})); if (again) { shown.replaceChildren(); tellIn(said, ''); show(again, name, now.fixed?.reasoner); } });
    press(row, 'take', 'Import ' + name, async () => report(await trying(said, 'Importing ' + name + '…', () => ask('import_file', {path, name, ...chosen()}))), 'main').disabled = !about.changing;
  }
  function mapping({columns, mapping: now}, all) {    // all: what was said of the Reasoner, once columns were chosen
    const box = make('details', '', shown), selects = {}; make('summary', '', box, 'Columns'); const grid = make('div', 'd-inside', box);
    let changed = box.open = all != null;             // untouched, the server goes by the format that it knows
    for (const [key, words] of OURS) { selects[key] = field(grid, words, choice(key, [['', 'not there'], ...columns.map(c => [c, c])], now[key] ?? (columns.includes(key) ? key : ''))); selects[key].onchange = () => { changed = true; }; }
    const reasoner = field(grid, 'Reasoner of all lines, where no column names it', input('text', 'all-reasoner', all ?? '')); reasoner.oninput = () => { changed = true; };
    return {chosen: () => changed ? {mapping: Object.fromEntries(Object.entries(selects).map(([key, s]) => [key, s.value])), fixed: {reasoner: reasoner.value}} : {}};
  }
  function report(done) {
    if (!done) return;
    shown.replaceChildren(); tellIn(said, count(done.read) + ' read, ' + count(done.added) + ' added, ' + count(done.duplicates) + ' were here already' + (done.bad.length ? ', ' + many(done.bad.length, 'line') + ' could not be read' : '') + (done.ignored.length ? '. Ignored: ' + done.ignored.join(', ') : '') + '.', done.bad.length ? '' : 'good');
    bad(shown, done.bad); list(); fetched.clear(); reload();
  }
  const bad = (parent, lines) => { if (!lines.length) return; const box = make('ul', 'd-items', parent); for (const {number, reason} of lines.slice(0, 20)) item(box, 'Line ' + count(number), reason); if (lines.length > 20) make('p', 'dim', parent, 'and ' + count(lines.length - 20) + ' more'); };
  const hub = make('details', '', inside); make('summary', '', hub, 'A dataset of the Hugging Face Hub'); const form = make('div', 'd-inside', hub);
  const name = field(form, 'Name', input('text', 'dataset')), split = field(form, 'Split', input('text', 'split', 'train')), config = field(form, 'Configuration, if it has several', input('text', 'config')), columns = {};
  for (const [key, words] of OURS) columns[key] = field(form, 'Its column for: ' + words.toLowerCase(), input('text', 'hub-' + key));
  const limit = field(form, 'At most so many', input('number', 'limit', 1000));
  press(lineOf(form), 'hub', 'Import it', async () => report(await trying(said, 'Fetching ' + name.value + '…', () => ask('import_dataset', {name: name.value, split: split.value, config: config.value, limit: whole(limit.value),
    mapping: Object.fromEntries(Object.entries(columns).map(([key, box]) => [key, box.value]))}))), 'main').disabled = !about.changing;
  make('h3', '', inside, 'Imports so far'); const past = make('ul', 'd-items', inside);
  async function list() {
    const {batches} = await ask('batches'); past.replaceChildren();
    for (const one of batches) {
      const li = item(past, one.name, count(one.added) + ' added, ' + count(one.duplicates) + ' known, ' + count(one.bad) + ' bad · ' + one.author + ', ' + clock(one.created) + (one.undone ? ' · taken back' : ''));
      if (one.undone) continue;
      press(li, '', 'Show', () => { drawer.close(); goTo({where: {batch: one.number}, queue: '', record: ''}); });
      press(li, '', 'Take back', async () => { const gone = await trying(said, 'Taking it back…', () => ask('undo_import', {number: one.number})); if (gone) { tellIn(said, count(gone.removed) + ' removed' + (gone.kept ? ', ' + count(gone.kept) + ' kept: labelled, in a snapshot or in another import' : '') + '.', 'good'); list(); reload(); } }).disabled = !about.changing;
    }
    if (!batches.length) make('li', 'dim', past, 'None yet.');
  }
  await trying(said, '', list);
}
async function takeAway() {
  make('p', '', inside, 'Exactly what the filter holds: ' + filterWords(view.where) + (total ? ' · ' + (total.exact ? '' : 'more than ') + many(total.number, 'attempt') : '')).dir = 'auto';
  const kind = field(inside, 'As', choice('format', [['jsonl', 'JSONL'], ['jsonl.gz', 'JSONL, compressed'], ['csv', 'CSV'], ['parquet', 'Parquet'], ['datasets', 'Hugging Face datasets folder (zip)'], ['history', 'Label history, every event (JSONL)']])), said = told();
  make('p', 'dim', inside, 'Each attempt with its steps and scores, the label that counts, and what each person said of it.');
  press(lineOf(inside), 'save', 'Export', async () => {
    const made = await trying(said, 'Writing…', () => ask('export', {where: view.where, kind: kind.value})); if (!made) return;
    const link = make('a', '', null); link.href = 'gradio_api/file=' + made.path.split('/').map(encodeURIComponent).join('/'); link.download = made.name; inside.append(link); link.click(); link.remove();
    tellIn(said, made.name + ', ' + many(made.count, 'line') + '.', 'good');
  }, 'main');
  if (!about.changing) return;
  make('h3', '', inside, 'To the Hugging Face Hub');
  const repo = field(inside, 'Dataset', input('text', 'repo')), token = field(inside, 'Access token that may write', input('password', 'token')); repo.placeholder = 'such as you/behavior'; token.autocomplete = 'off';
  press(lineOf(inside), 'push', 'Push', async () => { const made = await trying(said, 'Pushing…', () => ask('push', {where: view.where, repo: repo.value, token: token.value})); if (made) tellIn(said, 'Pushed: ' + made.url, 'good'); });
}

// --- words and keys --------------------------------------------------------------------------------------------------
const GUIDELINES = [
  ['Accept or reject', 'Accept an attempt when its final answer is right, whatever the road to it. Reject it when the answer is wrong or missing. The automatic label compares the answer with the gold answer: overrule it where that comparison is mistaken.'],
  ['Steps', '+1: true and useful. 0: neither helps nor harms. −1: wrong, or it does not follow. “First error here” marks the first wrong step and calls all before it good; what comes after an error need not be marked.'],
  ['When it should have stopped', 'Here: after this step the answer was certain, and what follows only costs tokens. Too early: it answered before it could know. Too late: it went on after it had the answer, or talked itself out of it. Abstain: nobody could know this, and “I don’t know” was right.'],
  ['The gold answer', 'When the known answer itself is wrong, say so with “Gold is wrong”, and judge the attempt by what is really right.'],
  ['Unsure', 'Skip it, or write a note. Flag what the others should talk about.'],
];
function guidelines() { for (const [title, words] of GUIDELINES) { make('h3', '', inside, title); make('p', '', inside, words); } }
const SHEET = [
  ['Anywhere', [['/', 'search'], ['z', 'undo'], ['Z', 'redo'], ['b', 'blind: hide score and label until you have voted'], ['?', 'this sheet']]],
  ['In the table', [['j  k', 'next, previous attempt'], ['⏎', 'open it'], ['a  r', 'accept, reject it'], ['[  ]', 'previous, next page']]],
  ['At an attempt', [['a  r', 'accept, reject and go on'], ['↑  ↓', 'previous, next step'], ['+  0  −', 'step is good, neutral, wrong'], ['e', 'first error at this step'], ['s', 'should have stopped at this step'], ['y  l  i', 'stopped too early, too late, should abstain'],
    ['n  t', 'write a note, a tag'], ['f  g', 'flag it, gold is wrong'], ['x', 'skip it'], ['⏎', 'save what is marked, go on'], ['j  k', 'next, previous attempt'], ['Esc', 'back to the table, out of a text box']]],
];
function keys() {
  check(inside, 'Single keys work (never while a text box has the focus)', options.keys, on => setOption('keys', on));
  check(inside, 'After a verdict, go on to the next by itself', options.advance, on => setOption('advance', on));
  for (const [title, lines] of SHEET) {
    make('h3', '', inside, title); const body = make('tbody', '', make('table', 'd-keys', inside));
    for (const [press, what] of lines) { const tr = make('tr', '', body), td = make('td', '', tr); for (const key of press.split('  ')) { make('kbd', '', td, key); td.append(' '); } make('td', '', tr, what); }
  }
}
const DRAWERS = {views: ['Saved views', views], bulk: ['Label all of them', bulk], snapshots: ['Dataset snapshots', snapshots], agreement: ['Agreement', agreement], import: ['Import', bringIn], export: ['Export', takeAway], guidelines: ['How to label', guidelines], keys: ['Keys', keys]};
for (const b of $$('.d-tools button, .d-me [name=keys]')) b.onclick = () => openDrawer(b.name);
