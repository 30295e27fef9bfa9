// The live view, after decide.js, stored.js and picture.js. `props.value` is what ui/render.py:sealed(page()) wrote, or null;
// `current` the same with its steps unsealed. Draws only what changed, and only as text.
const root = element.querySelector('.drr'), $ = s => root.querySelector(s);
const lanesList = $('.lanes'), svg = $('.chart svg'), outcome = $('.outcome');
const ICON = {waiting: 'dots', thinking: 'dots', accepted: 'check', fallback: 'scale', abstained: 'unknown', cancelled: 'square', unknown: 'dots',
  think_again: 'again', stop: 'check', abstain: 'unknown', reject_step: 'back', accept: 'check', reject: 'cross', past: 'past'};
let lanes = [], decisions = [], told = [], current = null, ghost = null, run = null, marked = null, following = false, drawn = 0, shown = null;

const text = (node, value) => {                       // append where the text only grew: cheap, and a selection survives
  const old = node.shown || '';
  if (old === value) return;
  if (old && value.startsWith(old) && node.lastChild) node.lastChild.appendData(value.slice(old.length)); else node.textContent = value;
  node.shown = value;
};
const set = (node, name, value) => { if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value); };
const make = (tag, cls, parent) => { const n = document.createElement(tag); if (cls) n.className = cls; if (parent) parent.append(n); return n; };
const draw = (tag, attributes, parent) => { const n = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const k in attributes) n.setAttribute(k, attributes[k]); if (parent) parent.append(n); return n; };
const icon = (name, parent) => { const s = draw('svg', {'aria-hidden': 'true'}, parent); s.use = draw('use', {href: '#drr-' + name}, s); return s; };

// --- lanes, steps, decisions -----------------------------------------------------------------------------------------
function newLane(index) {
  const li = make('li', 'lane', lanesList), head = make('div', 'head', li), steps = make('ol', 'steps', li);
  const lane = {li, node: make('span', 'node', head), name: make('h2', '', head), how: make('span', 'how', head), verdict: make('span', 'verdict', head), stepList: steps, steps: [], tail: li};
  lane.node.setAttribute('aria-hidden', 'true'); lane.node.textContent = index + 1;
  lane.verdictIcon = icon('check', lane.verdict); lane.verdictText = make('span', '', lane.verdict);
  return lane;
}
function newStep(lane, attempt, index) {
  const li = make('li', 'step', lane.stepList), body = make('p', 'text', li), meter = make('div', 'meter', li);
  const s = {li, body, attempt, index, tail: li};
  body.dir = 'auto';
  const bar = make('span', 'bar', meter); bar.setAttribute('aria-hidden', 'true');
  s.fill = make('i', '', bar); s.tick = make('b', '', bar);
  s.number = make('span', 'number', meter); s.shape = make('span', 'shape', meter); s.word = make('span', 'word', meter);
  s.shape.setAttribute('aria-hidden', 'true');
  s.peek = make('button', 'peek', meter); s.peek.type = 'button'; s.peek.tabIndex = -1; s.peek.setAttribute('aria-expanded', 'false');
  s.peek.setAttribute('aria-label', `Tokens of step ${index + 1}, attempt ${attempt + 1}`); s.peek.title = 'How sure the Reasoner was of each token'; icon('down', s.peek);
  s.peek.onclick = () => more.tokens(s);
  li.tabIndex = -1; li.id = 'step-' + attempt + '-' + index;
  li.onmouseenter = () => mark(s); li.onmouseleave = () => mark(focusedStep());
  li.onfocus = () => { rove(s); mark(s); at = s; if (current.stored) remember(current); }; li.onblur = () => { if (marked === s) mark(null); };
  return s;
}
function drawStep(s, v, accept) {
  if (s.drawn === v && s.accept === accept) return;
  s.drawn = v; s.accept = accept;
  text(s.body, v.text);
  const state = 'step' + (v.done ? '' : ' open') + (v.out ? ' out' : '') + (v.text.startsWith('Answer:') ? ' final' : '');
  const cls = state + (marked === s ? ' marked' : '');
  if (s.li.className !== cls) s.li.className = cls;
  set(s.li, 'data-band', v.band || '');
  s.fill.style.transform = 'scaleX(' + (v.score ?? 0) + ')';
  if (accept != null) s.tick.style.left = 100 * accept + '%';
  s.tick.hidden = accept == null;
  text(s.number, v.score == null ? '' : numberOf(v.score, accept));
  text(s.word, v.score != null ? v.word : v.done ? '' : 'writing…');
}
function newDecision(v) {
  const lane = lanes[v.attempt], step = lane.steps[v.step], inside = v.action === 'reject_step' && step;
  const li = make('li', inside ? 'aside' : 'decision');
  if (inside) { step.tail.after(li); step.tail = li; } else { lane.tail.after(li); lane.tail = li; }
  li.dataset.action = v.action;
  const node = make('span', 'node', li); icon(v.action === 'stop' && lane.li.dataset.verdict === 'reject' ? 'scale' : ICON[v.action] || 'dots', node); node.setAttribute('aria-hidden', 'true');
  make('b', '', li).textContent = v.title; make('span', 'reason', li).textContent = v.reason;
  return li;
}
function drawAttempts(v) {
  v.attempts.forEach((a, i) => {
    const lane = lanes[i] || (lanes[i] = newLane(i));
    set(lane.li, 'data-verdict', a.verdict);
    text(lane.name, a.name); text(lane.how, a.how);
    lane.verdictIcon.use.setAttribute('href', '#drr-' + (ICON[a.verdict] || 'dots'));
    text(lane.verdictText, a.word + (a.word && a.score != null ? (a.verdict === 'past' ? ', ' : ' at ') + numberOf(a.score, v.accept) : ''));
    a.steps.forEach((s, k) => drawStep(lane.steps[k] || (lane.steps[k] = newStep(lane, i, k)), s, v.accept));
    while (lane.steps.length > a.steps.length) lane.steps.pop().li.remove();
  });
  drawDecisions(v);
  if (!v.unknown) { if (ghost) ghost.remove(); ghost = null; return; }
  ghost = ghost || make('li', 'lane ghost', lanesList); ghost.replaceChildren();
  const node = make('span', 'node', ghost), words = make('span', '', ghost); node.textContent = '?'; node.setAttribute('aria-hidden', 'true');
  make('b', '', words).textContent = 'Attempt ' + (v.used + 1); words.append(': it would have thought again. Not generated.');
}
function drawDecisions(v) {                           // they only grow while it thinks; decided again, they begin anew
  const same = told.every((d, i) => JSON.stringify(d) === JSON.stringify(v.decisions[i]));
  if (!same) {
    decisions.forEach(li => li.remove()); decisions = [];
    for (const lane of lanes) { lane.tail = lane.li; for (const s of lane.steps) s.tail = s.li; }
  }
  for (let i = decisions.length; i < v.decisions.length; i++) decisions[i] = newDecision(v.decisions[i]);
  told = v.decisions;
}

// --- the score line --------------------------------------------------------------------------------------------------
const H = 154, LEFT = 34, RIGHT = 20, TOP = 34, BOTTOM = 26;
let width = 0, chartKey = '', points = [];
const yOf = score => TOP + (H - TOP - BOTTOM) * (1 - score);
const shapeOf = (band, x, y, r) => band === 'high' ? 'M' + (x - r) + ' ' + y + 'a' + r + ' ' + r + ' 0 1 0 ' + 2 * r + ' 0a' + r + ' ' + r + ' 0 1 0 ' + -2 * r + ' 0z'
  : band === 'mid' ? 'M' + x + ' ' + (y - r * 1.25) + 'L' + (x + r * 1.25) + ' ' + y + 'L' + x + ' ' + (y + r * 1.25) + 'L' + (x - r * 1.25) + ' ' + y + 'z'
  : 'M' + (x - r * 1.15) + ' ' + (y - r * .8) + 'h' + r * 2.3 + 'L' + x + ' ' + (y + r * 1.2) + 'z';
// What its line shows, step by step; an attempt that was judged as a whole has its score at its end.
const scoresOf = a => a.steps.map((s, k) => s.score ?? (k < a.steps.length - 1 || a.steps.some(other => other.score != null) ? null : a.score));
function span(total, done, unknown) { if (done) return Math.max(1, total * (unknown ? 1.3 : 1.02)); let n = 40; while (n < total + 4) n = Math.ceil(n * 1.5); return n; }
function drawChart(v) {
  const done = v.phase === 'done', total = v.attempts.reduce((sum, a) => sum + a.steps.reduce((t, s) => t + s.tokens, 0), 0);
  const used = v.attempts.slice(0, v.used).reduce((sum, a) => sum + a.steps.reduce((t, s) => t + s.tokens, 0), 0);
  const scale = span(total, done, v.unknown), wide = Math.max(1, width - LEFT - RIGHT), xOf = tokens => +(LEFT + wide * tokens / scale).toFixed(1);
  const scored = v.attempts.map(a => scoresOf(a).filter(score => score != null).length + a.verdict).join();
  const key = [run, width, scale, done, v.accept, scored, v.used, v.unknown, v.decisions.length, v.decisions.at(-1)?.title].join('|');
  if (key === chartKey) { set(svg.now, 'x1', xOf(total)); set(svg.now, 'x2', xOf(total)); return; }   // a token: only the cursor moves
  chartKey = key; svg.replaceChildren(); points = [];
  svg.setAttribute('viewBox', '0 0 ' + width + ' ' + H); svg.setAttribute('height', H);
  for (const y of [0, .5, 1]) { draw('line', {class: 'grid', x1: LEFT, x2: width - RIGHT, y1: yOf(y), y2: yOf(y)}, svg);
    draw('text', {class: 'tick', x: LEFT - 7, y: yOf(y) + 4, 'text-anchor': 'end'}, svg).textContent = y; }
  if (v.accept != null) {                             // under the scores, lest it hide one
    draw('line', {class: 'accept', x1: LEFT, x2: width - RIGHT, y1: yOf(v.accept), y2: yOf(v.accept)}, svg);
    draw('text', {class: 'acceptName', x: LEFT + 6, y: yOf(v.accept) + (v.accept > .85 ? 15 : -6)}, svg).textContent = 'accept at ' + exactly(v.accept);
  }
  let at = 0;
  v.attempts.forEach((a, i) => {
    const from = at, group = draw('g', {class: 'try', 'data-verdict': a.verdict}, svg), line = [], scores = scoresOf(a);
    a.steps.forEach((s, k) => { at += s.tokens; if (scores[k] != null) line.push([xOf(at), yOf(scores[k]), {out: s.out, band: s.band || bandOf(scores[k], v.accept ?? .5)}, k]); });
    if (i) svg.prepend(draw('line', {class: 'border', x1: xOf(from), x2: xOf(from), y1: TOP - 18, y2: yOf(0)}));
    if (xOf(at) - xOf(from) > 62 || !i) draw('text', {class: 'name', x: xOf(from) + 6, y: TOP - 9}, group).textContent = xOf(at) - xOf(from) > 62 || !done ? a.name : i + 1;
    if (line.length) {
      const kept = line.filter(p => !p[2].out), d = kept.map((p, n) => (n ? 'L' : 'M') + p[0] + ' ' + p[1]).join('');
      if (kept.length) { draw('path', {class: 'area', d: d + 'V' + yOf(0) + 'H' + kept[0][0] + 'z'}, group); draw('path', {class: 'line', d}, group); }
      line.forEach(([x, y, s, k]) => points.push({x, y, attempt: i, index: k, band: s.band, node: draw('path', {class: 'dot' + (s.out ? ' out' : ''), 'data-band': s.band, d: shapeOf(s.band, x, y, 4.6)}, group)}));
    }
  });
  draw('text', {class: 'tick', x: LEFT, y: H - 8}, svg).textContent = '0';
  draw('text', {class: 'tick', x: done ? xOf(total) : width - RIGHT, y: H - 8, 'text-anchor': 'end'}, svg).textContent = (done ? total : scale) + ' tokens';
  const past = v.used < v.attempts.length;
  svg.now = draw('line', {class: done ? 'stop' : 'now', x1: xOf(done ? used : total), x2: xOf(done ? used : total), y1: TOP - 18, y2: yOf(0)});
  svg.prepend(svg.now);
  if (past || v.unknown) svg.prepend(draw('rect', {class: v.unknown ? 'beyond unknown' : 'beyond', x: xOf(used), y: TOP - 18, width: Math.max(0, width - RIGHT - xOf(used)), height: yOf(0) - TOP + 18}));
  if (v.unknown) draw('text', {class: 'beyondName', x: (xOf(total) + width - RIGHT) / 2, y: yOf(.5) + 4, 'text-anchor': 'middle'}, svg).textContent = width > 520 ? 'not generated' : '?';
  const last = v.decisions.findLast(d => d.action !== 'reject_step');
  const end = v.outcome.kind === 'cancelled' ? 'stopped' : last && last.title.toLowerCase();
  if (done && end && total) { const stop = draw('text', {class: 'stopName', x: xOf(used) - 6, y: TOP - 9, 'text-anchor': 'end'}, svg); stop.textContent = end; makeRoom(stop); }
  svg.ring = draw('circle', {class: 'ring', r: 9, cx: -99, cy: -99}, svg);
  set(svg, 'aria-label', points.length ? 'Scores against tokens: ' + v.attempts.map(a => a.name + ' ' + scoresOf(a).filter(score => score != null).map(score => numberOf(score, v.accept)).join(', ')).join('; ')
    + (v.accept == null ? '' : '. Accepted from ' + exactly(v.accept)) : 'No scores yet');
  if (marked) mark(marked);
}
function makeRoom(stop) {                             // names of attempts give way to why it stopped: first to their number, then altogether
  const overlap = name => { const a = name.getBBox(), b = stop.getBBox(); return a.x < b.x + b.width + 6 && b.x < a.x + a.width + 6; };
  if (stop.getBBox().x < LEFT) { stop.setAttribute('text-anchor', 'start'); stop.setAttribute('x', LEFT); }
  svg.querySelectorAll('.name').forEach(name => {
    if (overlap(name)) name.textContent = name.textContent.split(' ').at(-1);
    if (overlap(name)) name.remove();
  });
}
svg.onpointermove = e => { const x = e.clientX - svg.getBoundingClientRect().left, p = points.reduce((best, q) => !best || Math.abs(q.x - x) < Math.abs(best.x - x) ? q : best, null);
  if (p) mark(stepAt(p.attempt, p.index)); };
svg.onpointerleave = () => mark(focusedStep());
svg.onclick = () => { if (marked) marked.li.focus(); };
new ResizeObserver(() => { const w = Math.round($('.chart').clientWidth); if (w && w !== width) { width = w; if (shown) drawChart(shown); } }).observe($('.chart'));

// --- one mark in both, one tab stop, arrows --------------------------------------------------------------------------
const allSteps = () => lanes.flatMap(lane => lane.steps), stepAt = (a, k) => lanes[a] && lanes[a].steps[k];
const focusedStep = () => allSteps().find(s => s.li === document.activeElement) || null;
function mark(s) {
  if (marked && marked !== s) marked.li.classList.remove('marked');
  marked = s || null; if (s) s.li.classList.add('marked');
  const p = s && points.find(q => q.attempt === s.attempt && q.index === s.index);
  if (svg.ring) { set(svg.ring, 'cx', p ? p.x : -99); set(svg.ring, 'cy', p ? p.y : -99); }
}
function rove(s) { allSteps().forEach(o => { o.li.tabIndex = o.peek.tabIndex = o === s ? 0 : -1; }); }
lanesList.addEventListener('keydown', e => {
  const steps = allSteps(), i = steps.indexOf(focusedStep());
  if (i < 0) return;
  if (e.key === 'Enter' && !e.ctrlKey && !e.metaKey && root.dataset.ask === 'yes') { e.preventDefault(); more.tokens(steps[i]); return; }
  const to = {ArrowDown: i + 1, ArrowRight: i + 1, ArrowUp: i - 1, ArrowLeft: i - 1, Home: 0, End: steps.length - 1}[e.key];
  if (to == null) return;
  e.preventDefault(); (steps[Math.max(0, Math.min(steps.length - 1, to))]).li.focus();
});

// --- the whole -------------------------------------------------------------------------------------------------------
function reset(id) {
  lanesList.replaceChildren(); lanes = []; decisions = []; told = []; ghost = null; marked = null; chartKey = ''; run = id; wish = {}; steps.clear(); shown = null; at = null;
}
function drawTrace(v) {
  const o = v.outcome;
  shown = v;
  set(outcome, 'data-kind', o.kind); set(outcome, 'data-grade', o.grade);
  outcome.querySelector('.seal use').setAttribute('href', '#drr-' + (ICON[o.kind] || 'dots'));
  text($('.asked'), v.question); text($('.outside span'), v.outside || ''); text($('.answer'), o.answer); text($('.grade'), o.graded); text($('.lead'), o.lead); text($('.why'), o.why);
  text($('.also'), o.also || '');
  text($('.whose'), v.words.caption); root.querySelectorAll('.key i').forEach(i => text(i.nextElementSibling, v.words[i.dataset.band]));
  root.querySelectorAll('[data-fact]').forEach(n => text(n, v.facts[n.dataset.fact]));
  drawAttempts(v); drawChart(v);
  const first = allSteps(); if (first.length && !first.some(s => s.li.tabIndex === 0)) rove(first[0]);
}

// --- what if: the stored attempts under another rule -----------------------------------------------------------------
const panel = $('.whatif'), controls = {threshold: panel.querySelector('[name=threshold]'), k: panel.querySelector('[name=k]'), fallback: panel.querySelector('[name=fallback]')};
let wish = {};                                        // what a person changed: threshold, k, fallback
function drawControls(v) {
  const open = Boolean(v.rule && v.stored && v.stored.attempts.length);
  panel.hidden = !v.rule;
  panel.querySelector('fieldset').disabled = !open;
  if (!v.rule) return;
  const rule = {...v.rule, ...wish};
  controls.threshold.min = Math.ceil(100 * (v.rule.hopeless ?? 0)) / 100;
  controls.k.max = Math.max(8, v.rule.k);
  for (const name in controls) {
    if (controls[name].value !== String(rule[name])) controls[name].value = rule[name];
    const told = controls[name].closest('label').querySelector('output');
    if (told) text(told, name === 'threshold' ? exactly(rule[name]) : String(rule[name]));
  }
  controls.threshold.setAttribute('aria-valuetext', exactly(rule.threshold));
  panel.querySelector('.back').style.visibility = Object.keys(wish).length ? 'visible' : 'hidden';
  root.dataset.whatif = Object.keys(wish).length ? 'yes' : 'no';
}
function compare(v, again) {                          // one sentence against the run as it was
  const spent = v.stored.attempts.slice(0, v.used).reduce((sum, a) => sum + a.tokens, 0), saved = spent - again.spent;
  if (again.unknown) return 'What if: the thoughts that this needs were never generated.' + (props.link == null ? ' A shadow run (in Settings) keeps them.' : '');
  const tokens = saved > 0 ? saved + ' tokens saved against the run' : saved < 0 ? -saved + ' tokens more than the run' : 'as many tokens as the run';
  return `What if: ${tokens}, which came to “${v.outcome.answer}”.`;
}
function decideAgain() {
  const v = current;
  drawControls(v);
  if (!Object.keys(wish).length) { drawTrace(v); return; }
  const again = redecide(v, wish);
  again.outcome.also = compare(v, again);
  drawTrace(again);
}
panel.addEventListener('input', e => {
  const name = e.target.name, v = current;
  if (!v || !v.stored || !(name in controls)) return;
  const value = name === 'fallback' ? e.target.value : Number(e.target.value);
  if (value === v.rule[name]) delete wish[name]; else wish[name] = value;
  decideAgain(); remember(v);
});
panel.addEventListener('change', () => { if (shown) text($('.say'), `What if: ${shown.outcome.answer}. ${shown.outcome.lead} ${shown.outcome.also || ''}`); });
panel.querySelector('.back').onclick = () => { wish = {}; decideAgain(); remember(current); controls.threshold.focus(); };

// --- the page --------------------------------------------------------------------------------------------------------
const steps = new Map();
function unseal(v) {                                  // what is read from the same text is the same object, and not drawn again
  const open = step => { if (!steps.has(step)) steps.set(step, JSON.parse(step)); return steps.get(step); };
  return v && v.attempts ? {...v, attempts: v.attempts.map(a => ({...a, steps: a.steps.map(open)}))} : v;
}
function page() {
  const v = current = unseal(props.value), was = root.dataset.phase;
  const phase = v ? v.phase : 'empty', running = phase === 'thinking';
  if (!v || (v.run || v.trace) !== run) reset(v ? v.run || v.trace : null);
  if (was !== phase) { root.dataset.phase = phase; switchRunning(running); }
  const trouble = v && v.problem;
  $('.problem').hidden = !trouble;
  text($('.message'), trouble ? trouble.message : ''); text($('.code'), trouble && trouble.code ? 'Code ' + trouble.code : '');
  if (v && v.attempts) {
    if (!v.stored) wish = {};
    decideAgain();
    tools.style.visibility = v.trace && props.link == null ? 'visible' : 'hidden';
    text($('.say'), v.say);
    more.drawn(v);
    if (v.stored && opened) reopen(v);
    remember(v);
  }
  scroll(was, phase);
  element.dataset.drawn = ++drawn;
}
// --- the address, and what can be taken away --------------------------------------------------------------------------
// ?trace=<id>&threshold=0.7&attempts=2&fallback=best&step=2.1 reopens this view; a saved page has it in `props.link`.
const NAMES = {threshold: 'threshold', k: 'attempts', fallback: 'fallback'};
let opened = new URLSearchParams(props.link ?? location.search), at = null;
function viewLink() {
  const query = new URLSearchParams();
  for (const name in NAMES) if (name in wish) query.set(NAMES[name], wish[name]);
  if (at) query.set('step', (at.attempt + 1) + '.' + (at.index + 1));
  return query;
}
function remember(v) {                                // the address reopens what is seen
  const key = v.trace ? 'trace' : 'run', id = v.trace || v.run;
  if (!id || props.link != null) return;
  const url = new URL(location.href);
  for (const name of ['run', 'trace', 'step', ...Object.values(NAMES)]) url.searchParams.delete(name);
  url.searchParams.set(key, id);
  if (v.stored) viewLink().forEach((value, name) => url.searchParams.set(name, value));
  if (url.href !== location.href) history.replaceState(history.state, '', url);
}
function reopen(v) {                                  // once: what the address asks for, as far as it makes sense
  const asked = opened, number = name => asked.get(name) === null || asked.get(name) === '' ? NaN : Number(asked.get(name));
  opened = null;
  if (!asked || (props.link == null && asked.get('trace') !== v.trace)) return;
  const threshold = number('threshold'), k = number('attempts'), fallback = asked.get('fallback');
  if (v.rule) {
    if (threshold >= (v.rule.hopeless ?? 0) && threshold <= 1) wish.threshold = threshold;
    if (Number.isInteger(k) && k >= 1 && k <= Math.max(8, v.rule.k)) wish.k = k;
    if (Object.hasOwn(LAST_RESORT, fallback)) wish.fallback = fallback;
    for (const name in wish) if (wish[name] === v.rule[name]) delete wish[name];
  }
  decideAgain();
  const [attempt, index] = (asked.get('step') || '').split('.').map(Number), step = stepAt(attempt - 1, index - 1);
  if (step) step.li.focus();
}
const tools = $('.tools'), more = storedTrace();
function confirmed(button, words) {                   // on the button itself, and aloud
  const label = button.querySelector('span'), was = button.dataset.label || (button.dataset.label = label.textContent);
  label.textContent = words; text($('.say'), words);
  clearTimeout(button.timer); button.timer = setTimeout(() => { label.textContent = was; }, 2500);
}
async function copy(words) {
  try { await navigator.clipboard.writeText(words); return true; } catch { /* not over plain http: the older way */ }
  const box = make('textarea', 'sr', document.body); box.value = words; box.select();
  try { return document.execCommand('copy'); } finally { box.remove(); }
}
function save(name, kind, content) {
  const link = make('a', '', document.body), url = URL.createObjectURL(new Blob([content], {type: kind}));
  link.href = url; link.download = name; link.click(); link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
tools.onclick = async e => {
  const button = e.target.closest('button'), v = current;
  if (!button || !v || !v.trace) return;
  if (button.name === 'link') { const focus = document.activeElement; remember(v); const done = await copy(location.href); focus.focus(); confirmed(button, done ? 'Link copied' : 'Copy it from the address bar'); return; }
  if (button.name === 'keep') { more.confirm(); return; }
  if (button.name === 'png') { save('trace-' + v.trace + '.png', 'image/png', await picture(shown)); confirmed(button, 'Saved'); return; }
  const kind = button.name, answer = await server.export_trace({id: v.trace, kind, link: String(viewLink())}).catch(() => null);
  if (!answer || answer.error) { confirmed(button, answer ? answer.error : 'The server did not answer'); return; }
  save('trace-' + v.trace + '.' + kind, kind === 'json' ? 'application/json' : 'text/html', answer.content);
  confirmed(button, 'Saved');
};
function switchRunning(running) {                     // Run and Stop share one place; the focus stays in it
  const here = document.activeElement && document.activeElement.closest('#run, #stop');
  document.documentElement.dataset.drr = running ? 'running' : 'idle';
  const other = here && document.querySelector(running ? '#stop' : '#run');
  if (other) other.focus();
}
function scroll(was, phase) {                         // follow the writing as long as the person does not scroll
  if (phase === 'thinking' && was !== 'thinking') { following = true; if (innerWidth < 900) $('.live').scrollIntoView({block: 'start'}); return; }
  if (!following) return;
  if (phase === 'thinking') { const last = lanesList.lastElementChild, over = last ? last.getBoundingClientRect().bottom + 24 - innerHeight : 0; if (over > 0) scrollBy(0, over); return; }
  following = false;
  const top = outcome.getBoundingClientRect().top; if (top < 0) scrollBy(0, top - 12);
}
for (const kind of ['wheel', 'touchmove', 'mousedown']) addEventListener(kind, () => { following = false; }, {passive: true});
addEventListener('keydown', e => {
  if (!element.offsetParent || document.querySelector('dialog[open]')) return;   // another tab or the drawer is open
  const click = id => { const b = document.getElementById(id); if (b && b.offsetParent && !b.disabled) { e.preventDefault(); b.click(); } };
  if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) click('run');
  else if (e.key === 'Escape') click('stop');
  else if (['PageUp', 'PageDown', 'ArrowUp', 'ArrowDown', ' '].includes(e.key)) following = false;
});
addEventListener('input', e => {                      // a right answer belongs to the words it was given for; at once, before they can be asked
  const gold = e.target.matches('#question textarea') && document.querySelector('#gold :is(input, textarea)');
  if (gold && gold.value) { gold.value = ''; gold.dispatchEvent(new Event('input', {bubbles: true})); }
});
let due = false;                                      // one drawing a frame: a slow machine skips states, never falls behind
watch('value', () => { if (!due) { due = true; requestAnimationFrame(() => { due = false; page(); }); } });
page();
