// The Data tab's core: what is asked for, how it is asked, where the address keeps it. The other data_*.js follow in the same scope.
// All that comes from the server is drawn as text, never as markup.
const root = element.querySelector('.data'), $ = s => root.querySelector(s), $$ = s => [...root.querySelectorAll(s)];
const make = (tag, cls, parent, words) => { const n = document.createElement(tag); if (cls) n.className = cls; if (words != null) n.textContent = words; if (parent) parent.append(n); return n; };
const draw = (tag, attributes, parent, words) => { const n = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const k in attributes) n.setAttribute(k, attributes[k]); if (words != null) n.textContent = words; if (parent) parent.append(n); return n; };
const icon = (name, parent) => draw('use', {href: '#data-' + name}, draw('svg', {'aria-hidden': 'true'}, parent));
const press = (parent, name, words, run, cls = 'quiet') => { const b = make('button', cls, parent, words); b.type = 'button'; if (name) b.name = name; if (run) b.onclick = run; return b; };
const field = (parent, words, control) => { const l = make('label', 'field', parent); make('span', '', l, words); l.append(control); return control; };
const input = (type, name, value = '') => { const n = make('input'); n.type = type; n.name = name; n.value = value; return n; };
const choice = (name, options, value) => { const s = make('select', 'select'); s.name = name; for (const [v, words] of options) make('option', '', s, words).value = v; if (value != null) s.value = value; return s; };
const check = (parent, words, on, change) => { const l = make('label', 'd-check', parent), box = input('checkbox', ''); box.checked = on; box.onchange = () => change(box.checked); l.append(box); make('span', '', l, words); return box; };
const whole = typed => Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.trunc(Number(typed)) || 0));
const count = n => n.toLocaleString('en'), percent = share => (share > 0 && share < .01 ? '<1' : Math.round(100 * share)) + ' %', two = score => score.toFixed(2);
const many = (n, one, more = one + 's') => count(n) + ' ' + (n === 1 ? one : more);
const day = seconds => new Date(1000 * seconds).toLocaleDateString('en-CA');
const clock = seconds => new Date(1000 * seconds).toLocaleString('en', {month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false});
const say = words => { $('.say').textContent = words; };
const ICON = {accept: 'check', reject: 'cross'};
function verdict(parent, value, words) {              // a shape and a word, which the colour only repeats
  const mark = make('span', 'd-verdict', parent); mark.dataset.verdict = value;
  if (ICON[value]) icon(ICON[value], mark);
  make('span', '', mark, words ?? (ICON[value] ? value : '–'));
  return mark;
}

// --- what this browser remembers -------------------------------------------------------------------------------------
const unkept = {};                                    // where the browser keeps nothing: until the page closes
const kept = {
  get(name, otherwise) { if (name in unkept) return unkept[name]; try { return JSON.parse(localStorage.getItem('drr.data.' + name)) ?? otherwise; } catch { return otherwise; } },
  set(name, value) { try { localStorage.setItem('drr.data.' + name, JSON.stringify(value)); delete unkept[name]; } catch { unkept[name] = value; } },
};
const newToken = () => [...crypto.getRandomValues(new Uint8Array(12))].map(byte => byte.toString(16).padStart(2, '0')).join('');
const options = {blind: false, advance: true, keys: true, overlap: 1, ...kept.get('options', {})};
const setOption = (name, value) => { options[name] = value; kept.set('options', options); };
const nameBox = $('[name=who]'), who = () => nameBox.value.trim();

// --- asking the server -----------------------------------------------------------------------------------------------
class Refused extends Error { constructor(answer) { super(answer.error); this.stale = answer.stale; } }
async function ask(verb, question = {}) {             // the answer, or an error whose message is for a person
  const answer = await server['data_' + verb]({who: who(), ...question}).catch(() => null);
  if (answer == null) throw new Error('The server did not answer. Nothing you did is lost; try again in a moment.');
  if (answer.error) throw new Refused(answer);
  return answer;
}
function trouble(error) { const box = $('.problem'); box.hidden = !error; if (error) box.querySelector('.message').textContent = error.message; }

// --- what is asked for: conditions, an order, a queue, a record; the address holds them -------------------------------
const WORDS = {text: 'Search', source: 'Source', reasoner: 'Reasoner', automatic: 'Automatic label', judged: 'DM says', human: 'People say', verdict: 'Label that counts', stop: 'When to stop', annotator: 'Annotator',
  tag: 'Tag', dm: 'Scored by', retry: 'Attempt', flagged: 'Flag', gold_wrong: 'Gold answer', question_id: 'Question', snapshot: 'Snapshot', batch: 'Import', cell: 'DM / label / people', advanced: 'Search'};
const RANGES = {score: 'DM score', tokens: 'Tokens', attempt: 'Attempt number'};
const STOP_WORDS = {here: 'should have stopped here', too_early: 'stopped too early', too_late: 'stopped too late', abstain: 'should have abstained'};
const SAID = {judged: {accept: 'accepts', reject: 'rejects', none: 'not scored'}, human: {accept: 'accept', reject: 'reject', none: 'nothing yet'}, automatic: {none: 'none'},
  stop: STOP_WORDS, retry: {true: 'after a rejection', false: 'first try'}, flagged: {true: 'flagged', false: 'not flagged'}, gold_wrong: {true: 'said to be wrong', false: 'not doubted'}, advanced: {true: 'FTS5 syntax', false: 'words'}};
const inWords = (name, value) => SAID[name]?.[value] ?? String(value);
const TRUTHS = ['retry', 'flagged', 'gold_wrong', 'advanced'], NUMBERS = ['batch', ...Object.keys(RANGES).flatMap(name => [name + '_min', name + '_max'])];
const CONDITIONS = [...Object.keys(WORDS), ...NUMBERS], SORTS = 'number question source reasoner attempt answer gold automatic score human tokens depth relevance'.split(' ');
let about = {queues: [], labelling: false, changing: false, person: '', why: '', threshold: null};
let view = {where: {}, sort: 'number', descending: true, queue: '', seed: 0, page: 0, cursor: null, record: ''};
function readAddress() {
  const query = new URLSearchParams(location.search), where = {}, sort = query.get('sort') || '';
  for (const name of CONDITIONS) {
    const value = query.get(name);
    if (value) where[name] = TRUTHS.includes(name) ? value === 'true' : !NUMBERS.includes(name) ? value.slice(0, 300) : isNaN(value) ? null : Number(value);
  }
  const known = SORTS.includes(sort.replace('-', ''));
  return {where: tidy(where), sort: known ? sort.replace('-', '') : 'number', descending: !known || sort.startsWith('-'), queue: query.get('queue') || '', seed: whole(query.get('seed')), page: Number(query.get('page')) || 0, cursor: query.get('cursor'), record: query.get('record') || ''};
}
function writeAddress(shown = root.offsetParent !== null) {
  const url = new URL(location.href), query = url.searchParams;
  for (const name of ['tab', 'sort', 'queue', 'seed', 'page', 'cursor', 'record', ...CONDITIONS]) query.delete(name);
  if (shown) {
    query.set('tab', 'data');
    for (const name in view.where) query.set(name, view.where[name]);
    if (view.sort !== 'number' || !view.descending) query.set('sort', (view.descending ? '-' : '') + view.sort);
    if (view.queue) query.set('queue', view.queue);
    if (view.queue === 'random') query.set('seed', view.seed);
    if (view.cursor) { query.set('page', view.page); query.set('cursor', view.cursor); }
    if (view.record) query.set('record', view.record);
  }
  if (url.href !== location.href) history.replaceState(history.state, '', url);
}
const tidy = where => Object.fromEntries(Object.entries(where).filter(([, value]) => value != null && value !== ''));
function refine(changes) {                            // null takes a condition away
  const where = tidy({...view.where, ...changes});
  if (!where.text) { delete where.advanced; if (view.sort === 'relevance') Object.assign(view, {sort: 'number', descending: true}); }
  goTo({...view, where, record: ''});
}
function goTo(next) { view = {...view, page: 0, cursor: null, ...next}; return reload(); }
