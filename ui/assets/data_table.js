// The table: conditions as facets, ranges and chips; rows page by page, or those a queue has lent.
const PAGE = 50;
let rows = [], here = 0, cursors = [null], page = 0, next = null, capped = false, lent = false, asked = 0, total = null, counting = null;

async function reload() {
  writeAddress(); drawChips(); drawTools();
  $('[name=text]').value = view.where.text || '';
  cursors = [null]; cursors[view.cursor ? view.page : 0] = view.cursor;
  await Promise.all([load(cursors.length - 1), overview()]);
}
async function load(to = 0) {
  const mine = ++asked, list = $('.d-list'), {where, sort, descending, queue, seed} = view;
  list.setAttribute('aria-busy', 'true');
  try {
    const answer = queue ? await ask('take', {queue, where, seed, count: PAGE, overlap: options.overlap, blind: options.blind})
      : await ask('rows', {where, sort, descending, cursor: cursors[to], limit: PAGE, blind: options.blind});
    if (mine !== asked) return false;
    trouble(null);
    rows = answer.rows; next = answer.next; capped = answer.capped; lent = !!queue; page = to; here = 0;
    cursors[to + 1] = next; Object.assign(view, {page: to, cursor: cursors[to]}); writeAddress();
    for (const row of rows) versions[row.id] = row.version;
    drawRows();
    return rows.length > 0;
  } catch (error) {
    if (mine === asked) trouble(error);
    return false;
  } finally { if (mine === asked) { list.removeAttribute('aria-busy'); root.dataset.ready = 'yes'; root.dataset.loads = Number(root.dataset.loads || 0) + 1; } }
}
async function turn(to) {                             // back from a page that was opened by its address: to the first
  if (to < 0 || (to > page && !next) || !await load(cursors[to] === undefined ? 0 : to)) return false;
  $('.d-table').scrollIntoView({block: 'nearest'}); say('Page ' + (page + 1));
  return true;
}

// --- rows ------------------------------------------------------------------------------------------------------------
const COLUMNS = [                                     // name, what sorts it, and whether blind work hides it
  {name: 'question', sorts: [['question', 'Question']]}, {name: 'answer', sorts: [['answer', 'Answer'], ['gold', 'Gold']]},
  {name: 'label', sorts: [['automatic', 'Label']], tells: true}, {name: 'score', sorts: [['score', 'DM']], tells: true}, {name: 'human', sorts: [['human', 'People']], tells: true},
  {name: 'tokens', sorts: [['tokens', 'Tokens'], ['attempt', 'Try']], number: true}, {name: 'reasoner', sorts: [['reasoner', 'Reasoner'], ['source', 'Source']]}, {name: 'date', sorts: [['number', 'Added']]},
];
const columns = () => COLUMNS.filter(column => !options.blind || !column.tells);
function drawHead() {
  const line = $('.d-table thead tr'); line.replaceChildren();
  for (const column of columns()) {
    const th = make('th', column.number ? 'number' : '', line); th.scope = 'col'; th.dataset.col = column.name;
    for (const [sort, words] of column.sorts) {
      const active = view.sort === sort && !view.queue, b = press(th, '', words, () => goTo({sort, descending: active ? !view.descending : ['number', 'score', 'tokens'].includes(sort), queue: ''}), active ? 'active' : '');
      b.title = 'Sort by ' + words.toLowerCase();
      if (active) { b.dataset.way = view.descending ? 'down' : 'up'; th.setAttribute('aria-sort', view.descending ? 'descending' : 'ascending'); }
    }
  }
}
function differs({automatic, judged, human}) {        // [kind, words] of the first difference that matters
  const label = ICON[automatic] ? automatic : null, said = ICON[human] ? human : null, dm = ICON[judged] ? judged : null;
  if (said && label && said !== label) return ['people', 'people overrule'];
  if (dm && label && dm !== label && said !== dm) return dm === 'accept' ? ['trusting', 'DM too trusting'] : ['strict', 'DM too strict'];
  if (dm && said && dm !== said) return ['people', 'people against DM'];
  return null;
}
function drawScore(parent, score, judged, threshold) {
  const box = make('div', 'd-dm', parent); box.dataset.verdict = judged;
  if (score == null) { box.className = 'dim'; box.textContent = '–'; return; }
  make('span', '', box, two(score));
  const bar = make('span', 'bar', box); bar.setAttribute('aria-hidden', 'true');
  make('i', '', bar).style.width = 100 * score + '%';
  if (threshold != null) make('b', '', bar).style.left = 100 * threshold + '%';
  box.title = judged === 'accept' ? 'DM accepts' : 'DM rejects';
  make('span', 'sr', box, box.title);
}
function fillRow(tr, row) {
  const cells = {
    question(td) {
      const open = press(td, '', '', null, 'd-open'), odd = options.blind ? null : differs(row);
      if (odd) make('span', 'd-differ', open, odd[1]).dataset.kind = odd[0];
      if (row.flagged) make('span', 'd-differ', open, 'flag').dataset.kind = 'flag';
      if (row.id in drafts()) make('span', 'd-differ', open, 'draft').dataset.kind = 'draft';
      make('span', '', open, row.question).dir = 'auto';
    },
    answer(td) { make('div', 'one', td, row.answer ?? '–').dir = 'auto'; if (row.gold != null) make('div', 'one dim small', td, 'gold ' + row.gold).dir = 'auto'; td.title = (row.answer ?? '') + (row.gold != null ? ' (gold ' + row.gold + ')' : ''); },
    label(td) { verdict(td, row.automatic); },
    score(td) { drawScore(td, row.score, row.judged, row.threshold ?? about.threshold); },
    human(td) { const said = row.saying ?? row.human; verdict(td, said, row.saying ? row.saying + '…' : ICON[said] ? said : row.skipped ? 'skipped' : '–'); },
    tokens(td) { td.classList.add('number'); make('div', '', td, count(row.tokens)); make('div', 'dim small', td, (row.depth ? 'retry ' : 'try ') + (row.depth || row.attempt + 1)); },
    reasoner(td) { make('div', 'one small', td, row.reasoner).title = row.reasoner; make('div', 'one dim small', td, row.source).title = row.source; },
    date(td) { td.classList.add('dim', 'small'); td.textContent = day(row.created); },
  };
  tr.replaceChildren();
  for (const {name} of columns()) { const td = make('td', '', tr); td.dataset.col = name; cells[name](td); }
}
function drawRows() {
  drawHead();
  const body = $('.d-table tbody'), none = $('.d-none'); body.replaceChildren();
  rows.forEach((row, i) => { const tr = make('tr', '', body); tr.dataset.id = row.id; fillRow(tr, row); tr.onclick = () => { stand(i); openRecord(row.id); }; });
  none.hidden = rows.length > 0;
  none.textContent = view.where.text && !/[\p{L}\p{N}]/u.test(view.where.text) ? 'A search needs a letter or a digit.' : view.queue ? 'Nothing is waiting in this queue.' : Object.keys(view.where).length ? 'No attempt fits all of this. Take a filter away.' : 'There are no records yet. Ask something in the Reason tab, run a distillation, or import a file.';
  stand(0, false); drawPager();
}
function drawPager() {
  const first = page * PAGE + 1, of = total && (count(total.number) + (total.exact ? '' : '+'));
  $('.d-where').textContent = lent ? (rows.length ? many(rows.length, 'attempt') + ' held for you until 15 minutes pass without a label' : '') : rows.length ? count(first) + '–' + count(first + rows.length - 1) + (of ? ' of ' + of : '') + (capped ? ', sorted among the first 10,000 found' : '') : '';
  $('[name=before]').disabled = page === 0 || lent; $('[name=after]').disabled = !next && !lent;
  $('[name=after]').textContent = lent ? 'More' : 'Next';
}
const rowAt = i => $('.d-table tbody').children[i];
function stand(i, focus = true) {                     // one row has the keys and the tab stop
  const was = rowAt(here); if (was) was.classList.remove('here');
  here = Math.max(0, Math.min(i, rows.length - 1));
  [...$('.d-table tbody').children].forEach((tr, k) => { tr.classList.toggle('here', k === here); tr.querySelector('.d-open').tabIndex = k === here ? 0 : -1; });
  const now = rowAt(here); if (now && focus) { now.querySelector('.d-open').focus({preventScroll: true}); now.scrollIntoView({block: 'nearest'}); }
}
async function walk(by) {                             // to the next row or page; false at the end
  if (here + by >= 0 && here + by < rows.length) { stand(here + by, root.dataset.view === 'table'); return true; }
  if (view.queue) return by > 0 && (await deliver(), await load());
  if (!await turn(page + by)) return false;
  stand(by > 0 ? 0 : rows.length - 1, root.dataset.view === 'table');
  return true;
}
function showSaying(record, kind, value) {            // at once, before the server has it
  const i = rows.findIndex(row => row.id === record); if (i < 0) return;
  if (kind === 'verdict' || kind === 'adjudicate') rows[i].saying = value ?? 'none';
  if (kind === 'skip') rows[i].skipped = value;
  fillRow(rowAt(i), rows[i]); stand(here, false);
}
function heard(record, labels) {
  versions[record] = labels.version;
  const i = rows.findIndex(row => row.id === record);
  if (i >= 0) { Object.assign(rows[i], {human: labels.human, verdict: labels.verdict, tags: labels.tags, flagged: labels.flagged, version: labels.version});
    if (!outbox().some(item => item.record === record && item.kind === 'verdict')) delete rows[i].saying;
    fillRow(rowAt(i), rows[i]); stand(here, false); }
  labelsCame(record, labels);
  clearTimeout(counting); counting = setTimeout(() => { if (!desk) overview(); }, 1500);
}
function labelHere(value) {
  const row = rows[here]; if (!row || !mayLabel()) return;
  tellDraft(row.id, row.question); tell(row.id, settling() ? 'adjudicate' : 'verdict', value, row.question);
  showSaying(row.id, 'verdict', value); remark(row, value);
  if (options.advance) walk(1);
}
const settling = () => view.queue === 'adjudicate';
function remark(row, value) {                         // what the others think, once one has said it
  const others = row.automatic == null ? '' : ' · label ' + (ICON[row.automatic] ? row.automatic : 'none') + (row.score == null ? '' : ' · DM ' + two(row.score) + ' ' + row.judged);
  justNow('You: ' + value + others + ' · ' + (row.question.length > 60 ? row.question.slice(0, 60) + '…' : row.question));
}

// --- conditions ------------------------------------------------------------------------------------------------------
function drawChips() {
  const list = $('.d-chips'), names = new Set(Object.keys(view.where).map(name => name.replace(/_(min|max)$/, ''))); list.replaceChildren();
  const chip = (words, gone) => { const b = press(make('li', '', list), '', words + ' ', gone, ''); b.dir = 'auto'; icon('cross', b); b.setAttribute('aria-label', 'Take away: ' + words); };
  if (view.queue) chip('Queue: ' + (about.queues.find(q => q.name === view.queue)?.title ?? view.queue), leaveQueue);
  for (const name of names) {
    if (name in RANGES) { const low = view.where[name + '_min'], high = view.where[name + '_max'], at = v => name === 'attempt' ? v + 1 : v;
      chip(RANGES[name] + ' ' + (low == null ? 'up to ' + at(high) : high == null ? 'from ' + at(low) : at(low) + ' to ' + at(high)), () => refine({[name + '_min']: null, [name + '_max']: null})); }
    else if (name !== 'advanced') chip(WORDS[name] + ': ' + inWords(name, view.where[name]), () => refine({[name]: null}));
  }
  if (names.size > 1) press(make('li', '', list), 'clear', 'Clear all', () => goTo({where: {}, record: ''}), '');
  $('.d-advanced').hidden = !view.where.text;
  $('.d-advanced input').checked = !!view.where.advanced;
}
const FACETS = ['source', 'automatic', 'judged', 'human', 'stop', 'reasoner', 'retry', 'dm', 'annotator', 'tag', 'flagged'], TELLING = ['automatic', 'judged', 'human', 'stop'], FEW = 8, opened = {}, unfolded = {};
function drawFacets(found) {
  const box = $('.d-groups'); box.replaceChildren();
  for (const name of FACETS) {
    const values = found.facets[name] || [], chosen = view.where[name];
    if (!values.length || (options.blind && TELLING.includes(name)) || (values.length === 1 && values[0].count === found.of && chosen == null && !['source', 'automatic'].includes(name))) continue;   // what all have divides nothing
    const group = make('details', '', box), list = make('ul', '', group.appendChild(make('summary', '', null, WORDS[name])).parentNode);
    group.open = opened[name] ?? FACETS.indexOf(name) < 6; group.ontoggle = () => { opened[name] = group.open; };
    const add = ({value, count: n}) => {
      const exact = TRUTHS.includes(name) ? value === 'true' : value, on = chosen === exact;
      const b = press(make('li', '', list), '', '', () => refine({[name]: on ? null : exact}), 'd-value'); b.setAttribute('aria-pressed', on);
      make('span', '', b, inWords(name, value)).dir = 'auto'; make('span', 'n', b, count(n)); return b;
    };
    const rest = unfolded[name] || values.length < FEW + 3 ? [] : values.slice(FEW);   // or the first facet hides the others
    values.slice(0, values.length - rest.length).forEach(add);
    if (rest.length) press(make('li', '', list), '', 'Show ' + rest.length + ' more', e => { unfolded[name] = true; e.target.parentNode.remove(); rest.map(add)[0].focus(); }, 'd-value d-more');
    if (found.cut.includes(name)) make('p', '', group, 'The ' + count(values.length) + ' most frequent.');
  }
  if (!found.exact) make('p', '', box, 'Counted among the first ' + count(found.of) + ' of these.');
  if (found.age > 5) make('p', '', box, 'Counted ' + Math.round(found.age) + ' seconds ago.');
}
function drawRanges() {
  const box = $('.d-ranges'); box.replaceChildren();
  for (const name of Object.keys(RANGES)) {
    if (options.blind && name === 'score') continue;
    const set = make('fieldset', '', box), line = make('div', '', (make('legend', '', set, RANGES[name]), set)), shift = name === 'attempt' ? 1 : 0;
    for (const end of ['_min', '_max']) {
      const value = view.where[name + end], n = input('number', name + end, value == null ? '' : value + shift); n.step = name === 'score' ? .01 : 1; n.min = shift;
      n.setAttribute('aria-label', RANGES[name] + (end === '_min' ? ' from' : ' to')); n.placeholder = end === '_min' ? 'from' : 'to';
      n.onchange = () => refine({[name + end]: n.value === '' || isNaN(n.value) ? null : Number(n.value) - shift});
      if (end === '_max') make('span', '', line, '–'); line.append(n);
    }
  }
}
let typing = null;
$('[name=text]').oninput = () => { clearTimeout(typing); typing = setTimeout(() => refine({text: $('[name=text]').value.trim()}), 220); };
$('.d-advanced input').onchange = e => refine({advanced: e.target.checked || null});
$('[name=before]').onclick = () => turn(page - 1); $('[name=after]').onclick = () => view.queue ? load() : turn(page + 1);

// --- queues ----------------------------------------------------------------------------------------------------------
async function leaveQueue() { if (view.queue && about.labelling) await ask('release').catch(() => {}); goTo({queue: '', record: ''}); }
function drawTools() {
  const pick = $('[name=queue]'); pick.replaceChildren(); make('option', '', pick, 'all attempts').value = '';
  for (const {name, title, waiting} of about.queues) make('option', '', pick, title + (waiting ? ' · ' + count(waiting.number) + (waiting.exact ? '' : '+') : '')).value = name;
  pick.value = view.queue; pick.disabled = !about.labelling;
  const seed = $('.d-seed'); seed.hidden = view.queue !== 'random'; seed.querySelector('input').value = view.seed;
  const overlap = $('.d-overlap'), people = overlap.querySelector('input'); overlap.hidden = !view.queue || settling();
  people.min = view.queue === 'second_opinion' ? 2 : 1; people.value = Math.max(people.min, options.overlap);
  for (const name of ['bulk', 'snapshots', 'import']) $('.d-tools [name=' + name + ']').disabled = !about.changing;
}
$('[name=queue]').onchange = async e => { const queue = e.target.value; if (!queue) return leaveQueue(); if (!mayLabel()) { e.target.value = view.queue; return; } e.target.blur(); /* else a letter typed as the rows come would choose another queue */ await goTo({queue, record: ''}); if (rows.length) stand(0); else e.target.focus(); };
$('.d-seed input').onchange = async e => { await ask('release').catch(() => {}); goTo({seed: whole(e.target.value), record: ''}); };
$('.d-overlap input').onchange = async e => { setOption('overlap', Math.max(1, whole(e.target.value))); await ask('release').catch(() => {}); goTo({record: ''}); };
async function countQueues() { if (about.labelling && (about.person || who())) { try { about.queues = (await ask('queues', {where: view.where})).queues; drawTools(); } catch { /* the names alone do */ } } }
