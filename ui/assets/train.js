// The Train tab. Asks the server for what is, draws only what changed, and keeps nothing that a reload would lose. All text goes in as text.
const root = element.querySelector('.drr'), $ = s => root.querySelector(s), form = $('.new'), setup = props.value;
const make = (tag, cls, parent, words) => { const n = document.createElement(tag); if (cls) n.className = cls; if (words != null) n.textContent = words; if (parent) parent.append(n); return n; };
const text = (node, words) => { if (node.textContent !== words) node.textContent = words; };
const set = (node, name, value) => { if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value); };
const say = words => text($('.say'), words);
const ask = async (name, asked) => await server[name](asked).catch(() => null) || {error: 'The server did not answer. Try again.'};
const LINES = ['#1d4ed8', '#c2410c', '#0f766e', '#9333ea', '#be123c', '#475569'], DASHES = ['solid', 'dash', 'dot', 'dashdot', 'longdash', 'longdashdot'];

// --- the form --------------------------------------------------------------------------------------------------------
for (const [value, words] of setup.methods) make('option', '', form.method, words).value = value;
for (const o of setup.options) {
  const label = make('label', 'field', o.folded ? $('.more .fields') : $('.few')), control = o.choices.length ? make('select', 'select') : make('input');
  make('span', 'label', label, o.label); label.append(control); make('small', '', label, o.info);
  control.name = o.key; if (!o.choices.length) control.inputMode = 'decimal';
  for (const [value, words] of o.choices) make('option', '', control, words).value = value;
}
const asked = () => form.snapshot.value ? 'snapshot=' + form.snapshot.value : form.where.value;
const filled = () => ({...Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== '')), where: asked()});
function wrong(message) { const box = $('.wrong'); text(box, message || ''); box.hidden = !message; }
let counting = 0;
form.where.oninput = () => { clearTimeout(counting); counting = setTimeout(count, 350); };
form.snapshot.onchange = () => { form.where.disabled = !!form.snapshot.value; count(); };
async function count() {
  const where = asked(), answer = await ask('train_count', {where});
  if (where === asked()) text($('.count'), answer.error || answer.records.toLocaleString('en') + (answer.records === 1 ? ' record' : ' records'));
}
function drawSnapshots(all) {
  const pick = form.snapshot, was = pick.value; pick.replaceChildren(); make('option', '', pick, 'the records as they are now').value = '';
  for (const s of all) make('option', '', pick, s.about).value = s.name;
  pick.value = all.some(s => s.name === was) ? was : ''; pick.closest('label').hidden = !all.length; form.where.disabled = !!pick.value;
}
function drawAgain(again) {                           // labels have changed since the deployed DM learnt them
  const box = $('.again'); box.hidden = !again; if (!again) return;
  text(box.querySelector('span'), again.words); const go = box.querySelector('button'); text(go, again.go);
  go.onclick = () => {
    form.reset(); form.snapshot.onchange();
    for (const key in again.form) { const control = form.elements[key], fold = control.closest('details'); control.value = again.form[key]; if (fold && again.form[key]) fold.open = true; }
    count(); say('The form is filled in as for that DM.'); $('.go').focus();
  };
}
form.onsubmit = async e => {
  e.preventDefault(); const button = $('.go'); button.disabled = true; wrong('');
  const answer = await ask('train_launch', filled());
  button.disabled = locked; if (answer.error) return wrong(answer.error);
  say('Launched.'); form.name.value = ''; await poll(); const li = rows[answer.id]; if (li) li.node.scrollIntoView({block: 'nearest'});
};

// --- before launch ---------------------------------------------------------------------------------------------------
const cell = (row, words, tag) => { const td = make(tag || 'td', '', row, words); if (tag) td.scope = 'row'; return td; };
async function check(timed) {
  const button = timed ? $('.timed') : $('.check'), was = button.textContent; button.disabled = true; text(button, timed ? 'Timing …' : 'Checking …'); wrong('');
  const v = await ask('train_check', {...filled(), timed});
  button.disabled = locked; text(button, was); if (v.error) return wrong(v.error);
  const panel = $('.preflight'), parts = $('.parts'), advice = $('.advice'); panel.hidden = false;
  text($('.verdict'), (v.fits ? '✓ It fits: ' : '✕ It does not fit: ') + v.needed + ' of memory needed, ' + v.free + ' free on ' + v.device + '.'); panel.dataset.fits = v.fits ? 'yes' : 'no';
  parts.replaceChildren(); let from = 0;
  for (const p of [...v.parts, {name: 'free', size: v.free, share: v.free_share, free: true}]) {
    const li = make('li', p.free ? 'all' : '', parts), bar = make('span', 'meterBar', li); make('span', '', li, p.name); bar.ariaHidden = 'true';
    const fill = make('i', '', bar); fill.style.left = 100 * (p.free ? 0 : from) + '%'; fill.style.width = 100 * p.share + '%'; if (!p.free) from += p.share;
    make('b', '', li, p.size);
  }
  const body = $('.splits tbody'); body.replaceChildren();
  for (const s of v.splits) { const tr = make('tr', '', body); cell(tr, s.name, 'th'); cell(tr, s.questions.toLocaleString('en')); cell(tr, s.attempts.toLocaleString('en')); cell(tr, s.right == null ? '–' : Math.round(100 * s.right) + ' %'); }
  text($('.facts2'), (v.leaks ? '✕ ' + v.leaks.toLocaleString('en') + ' of the questions stand on two sides but for spelling, such as “' + v.leaked.join('”, “') + '”. ' : '✓ No question stands on two sides. ') + v.steps.toLocaleString('en') + ' steps, ' + v.tokens.toLocaleString('en') + ' tokens an epoch, the longest row ' + v.longest.toLocaleString('en') + '. '
    + (v.time ? 'About ' + v.time + ', from a few timed steps.' : ''));
  advice.replaceChildren();
  for (const a of v.advice) {
    const li = make('li', a.blocking ? 'blocking' : '', advice); make('span', '', li, (a.blocking ? '✕ ' : '! ') + a.problem + ' ' + a.remedy + ' ');
    const keys = Object.keys(a.change); if (!keys.length) continue;
    const fix = make('button', 'quiet', li, 'Do this'); fix.type = 'button'; fix.onclick = () => { apply(a.change); check(false); };
  }
  text($('.command code'), v.command); panel.focus({preventScroll: true}); panel.scrollIntoView({block: 'nearest'}); say($('.verdict').textContent);
}
function apply(change) {
  for (const [key, value] of Object.entries(change)) {
    if (key === 'tuning' || key === 'kind') { form.method.value = key === 'tuning' ? 'token/' + value : value + '/full'; continue; }
    const control = form.elements[key]; if (control) { control.value = key === 'checkpointing' ? (value === 'True' ? 'on' : 'off') : value; const fold = control.closest('details'); if (fold) fold.open = true; }
  }
}
$('.check').onclick = () => check(false); $('.timed').onclick = () => check(true);
$('.copy').onclick = async () => { await navigator.clipboard.writeText($('.command code').textContent).catch(() => {}); text($('.copy'), 'Copied'); setTimeout(() => text($('.copy'), 'Copy'), 1500); };

// --- the runs --------------------------------------------------------------------------------------------------------
const rows = {}, curves = {}, chosen = new Map(); let log = '', shown = [], states = null, locked = false;
function row(id) {
  const node = make('li', 'run'), head = make('div', 'head', node), r = {node};
  const pick = make('label', 'pick', head); r.box = make('input', '', pick); r.box.type = 'checkbox'; r.title = make('b', '', pick); r.key = make('i', 'key', pick); r.key.ariaHidden = 'true';
  r.box.onchange = () => { chosen.set(id, r.box.checked); poll(); };
  r.word = make('span', 'word', head); r.buttons = make('span', 'buttons', head);
  const bar = make('div', 'progress', node); bar.setAttribute('role', 'progressbar'); r.bar = bar; r.fill = make('i', '', bar);
  r.note = make('p', 'note', node); r.reason = make('p', 'reason', node); r.log = make('pre', 'log', node); r.log.tabIndex = 0; r.log.hidden = true; r.log.setAttribute('aria-label', 'Log');
  r.act = (name, words) => { const b = make('button', 'quiet', r.buttons, words); b.type = 'button'; b.name = name; b.onclick = () => act(name, id); (r.names = r.names || {})[name] = b; };
  r.showLog = open => { r.log.hidden = !open; set(r.names.log, 'aria-expanded', open); };
  r.act('cancel', 'Cancel'); r.act('resume', 'Resume'); r.act('compare', 'Compare'); r.act('deploy', 'Deploy'); r.act('log', 'Log'); r.act('remove', 'Remove');
  return r;
}
async function act(name, id) {
  if (name === 'log') { log = log === id ? '' : id; for (const key in rows) rows[key].showLog(log === key); return poll(); }
  if (name === 'compare') { const f = $('.versus'); f.first.value = known.find(d => d.deployed).name; f.second.value = rows[id].dm; f.requestSubmit(); return f.scrollIntoView({block: 'nearest'}); }
  if (name === 'remove' && !confirm('Forget this run and its curves? The DM it made stays.')) return;
  const answer = name === 'deploy' ? await deploy(rows[id].dm) : await ask('train_act', {act: name, id});
  wrong(answer.error); poll();
}
function drawRuns(v) {
  const list = $('.runs ol'), before = states; shown = v.runs;
  $('.runs .none').hidden = shown.length > 0;
  for (const id in rows) if (!shown.some(r => r.id === id)) { rows[id].node.remove(); delete rows[id]; }
  shown.forEach((v, i) => {
    const r = rows[v.id] || (rows[v.id] = row(v.id)), active = v.state === 'queued' || v.state === 'running';
    if (list.children[i] !== r.node) list.insertBefore(r.node, list.children[i] || null);
    set(r.node, 'data-state', v.state); set(r.node, 'data-id', v.id); text(r.title, v.title); text(r.word, v.word + (v.state === 'running' ? ' ' + Math.round(100 * v.done) + ' %' : ''));
    r.fill.style.transform = 'scaleX(' + v.done + ')'; r.bar.hidden = v.state === 'done'; set(r.bar, 'aria-valuenow', Math.round(100 * v.done)); set(r.bar, 'aria-label', v.title);
    const speed = (curves[v.id] || {}).tokens_per_second; text(r.note, v.note + (v.state === 'running' && speed ? ' · ' + Math.round(speed.at(-1)[1]).toLocaleString('en') + ' tokens/s' : '')); text(r.reason, v.reason);
    r.dm = v.dm; const waits = !!v.dm && known.some(d => d.name === v.dm && !d.deployed), open = {cancel: active, resume: v.state === 'failed' || v.state === 'cancelled', compare: waits, deploy: waits, log: true, remove: !active};
    for (const name in open) r.names[name].hidden = !open[name] || (!v.may && name !== 'log');
    r.box.checked = isChosen(v.id, i);
  });
  states = shown.map(r => r.id + r.state).join();
  if (before !== null && states !== before) { wantDms = true; const r = shown.find(r => !before.includes(r.id + r.state)); if (r) say(r.title + ': ' + r.word); }
}
const isChosen = (id, i) => chosen.has(id) ? chosen.get(id) : shown[i].state === 'running' || i === 0;
const onChart = () => shown.filter((r, i) => isChosen(r.id, i)).slice(0, LINES.length).reverse();

// --- the curves ------------------------------------------------------------------------------------------------------
// Plotly draws them, from the server's own copy; it is asked for once there is something to draw. The figures beside do without.
const FIGURES = [['Loss', [['loss', '']]], ['AUROC', [['auroc', 'pooled'], ['auroc_within', 'within question']], .5, 1], ['Accepted at 0.5, before calibration', [['precision', 'right of accepted'], ['recall', 'accepted of right']], 0, 1],
  ['Tokens saved at equal accuracy', [['tokens_saved', '']], 0, 1],
  ['Calibration error, before calibration', [['ece', '']], 0], ['Learning rate', [['rate', '']], 0], ['Tokens a second', [['tokens_per_second', '']], 0]].map(([title, names, low, high]) => {
    const box = make('figure', 'curve', $('.figures')), caption = make('figcaption', '', box); make('b', '', caption, title); const note = make('span', 'note', caption);
    const plot = make('div', 'plot', box); plot.setAttribute('role', 'group'); box.hidden = true;
    return {title, names, low, high, box, plot, note, drawn: ''};
  });
// No chart is sent to Plotly's cloud. Without a pointer that hovers, the buttons would stand over the curves for ever.
const CONFIG = {displaylogo: false, showSendToCloud: false, displayModeBar: matchMedia('(hover: hover)').matches ? 'hover' : false, modeBarButtonsToRemove: ['select2d', 'lasso2d', 'zoomIn2d', 'zoomOut2d']};
let library = null;
const plotly = () => library ??= new Promise((done, failed) => {
  const script = make('script'); script.src = setup.plotly; script.onload = () => done(window.Plotly); script.onerror = () => { library = null; script.remove(); failed(script.src); }; document.head.append(script);
});
function drawCurves() {
  const runs = onChart(); let any = false;
  runs.forEach((r, n) => { rows[r.id].key.style.background = LINES[n]; rows[r.id].key.hidden = runs.length < 2; });
  for (const id in rows) if (!runs.some(r => r.id === id)) rows[id].key.hidden = true;
  for (const f of FIGURES) {
    const here = []; runs.forEach((r, n) => f.names.forEach(([name], k) => { const points = (curves[r.id] || {})[name]; if (points && points.length) here.push({points, n, k, title: r.title, key: r.id + points.length}); }));
    f.box.hidden = !here.length; if (!here.length) continue; any = true;
    const told = here.map(c => (runs.length > 1 ? c.title + ' ' : '') + (f.names[c.k][1] ? f.names[c.k][1] + ' ' : '') + short3(c.points.at(-1)[1]));
    text(f.note, runs.length > 1 ? (f.names.length > 1 ? f.names.map((n, k) => n[1] + (k ? ' - -' : ' —')).join(', ') : '') : told.join(' —, ') + (f.names.length > 1 && told.length > 1 ? ' - -' : '')); set(f.plot, 'aria-label', f.title + ': ' + told.join('; '));
    plotly().then(library => drawFigure(library, f, here), () => {});
  }
  $('.charts').hidden = !any; drawDiff(runs);
}
new ResizeObserver(drawCurves).observe($('.charts'));
function drawFigure(library, f, here) {               // as wide as its place; in none it waits
  const width = f.plot.clientWidth, drawn = [width, !!root.closest('.dark'), ...here.map(c => c.key)].join();
  if (!width || drawn === f.drawn) return;
  f.drawn = drawn; library.react(f.plot, here.map(c => lineOf(f, c)), {...layoutOf(f, here), width}, CONFIG);
}
function lineOf(f, {points, n, k, title}) {
  const name = (title + (f.names[k][1] ? ', ' + f.names[k][1] : '')).replaceAll('<', '‹');   // Plotly would read tags in it
  return {x: points.map(p => p[0]), y: points.map(p => p[1]), name, mode: points.length > 1 ? 'lines' : 'markers', hovertemplate: '%{y:.4~g}', line: {color: LINES[n], width: 1.8, dash: f.names.length > 1 ? ['solid', 'dash'][k] : DASHES[n]}};
}
function layoutOf(f, here) {
  const shade = name => getComputedStyle(root).getPropertyValue(name).trim(), ys = here.flatMap(c => c.points.map(p => p[1])), axis = {gridcolor: shade('--drr-line'), zeroline: false, nticks: 5, tickfont: {size: 10.5}};
  const range = f.low == null ? {} : f.high == null ? {rangemode: 'tozero'} : {range: [Math.min(f.low, ...ys), Math.max(f.high, ...ys)]};
  return {height: 172, margin: {l: 40, r: 8, t: 6, b: 36}, showlegend: false, hovermode: 'x unified', uirevision: 'a zoom stays', paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', font: {family: getComputedStyle(root).fontFamily, color: shade('--drr-muted')},
    modebar: {bgcolor: 'rgba(0,0,0,0)', color: shade('--drr-muted'), activecolor: shade('--drr-blue')}, hoverlabel: {bgcolor: shade('--drr-surface'), font: {color: shade('--drr-ink')}}, xaxis: {...axis, rangemode: 'tozero', title: {text: 'steps', font: {size: 10.5}, standoff: 2}}, yaxis: {...axis, ...range, tickformat: '~g'}};
}
const short3 = x => Math.abs(x) >= 1000 ? Math.round(x).toLocaleString('en') : Math.abs(x) < .001 && x ? x.toExponential(1) : String(+x.toPrecision(3));
let diffKey = '';
function drawDiff(runs) {
  const key = runs.map(r => r.id).join(); if (key === diffKey) return; diffKey = key;
  const table = $('.diff'), head = table.querySelector('thead'), body = table.querySelector('tbody'), names = [...new Set(runs.flatMap(r => Object.keys(r.config)))].filter(k => new Set(runs.map(r => r.config[k])).size > 1);
  table.hidden = runs.length < 2; head.replaceChildren(); body.replaceChildren(); if (runs.length < 2) return;
  const top = make('tr', '', head); make('td', '', top); for (const r of runs) make('th', '', top, r.title).scope = 'col';
  for (const name of names) { const tr = make('tr', '', body); cell(tr, name.replaceAll('_', ' '), 'th'); for (const r of runs) cell(tr, r.config[name] ?? 'default'); }
  if (!names.length) cell(make('tr', '', body), 'None: the same settings.').colSpan = runs.length + 1;
}

// --- the DMs ---------------------------------------------------------------------------------------------------------
let known = [], wantDms = true, first = true;
function drawDms(dms) {
  known = dms; const body = $('.listed tbody'); body.replaceChildren();
  for (const d of dms) {
    const tr = make('tr', d.deployed ? 'deployed' : '', body), name = cell(tr, '', 'th'); make('b', '', name, d.name); if (d.deployed) make('span', 'word', name, 'Deployed');
    make('small', '', cell(tr, d.about), d.kind + (d.attempts ? ', ' + d.attempts.toLocaleString('en') + ' attempts' : '')); cell(tr, d.auroc); cell(tr, d.auroc_within); cell(tr, d.threshold);
    const buttons = cell(tr, ''), go = make('button', 'quiet', buttons, 'Deploy'), take = make('button', 'quiet', buttons, 'Export'), hub = make('button', 'quiet', buttons, 'Push'); for (const b of [go, take, hub]) b.type = 'button';
    go.name = 'deploy'; go.hidden = d.deployed || locked; go.setAttribute('aria-label', 'Deploy ' + d.name); take.setAttribute('aria-label', 'Export ' + d.name);
    go.onclick = async () => { const a = await deploy(d.name); wrong(a.error); poll(); }; take.onclick = () => save(d.name, take);
    hub.hidden = locked; hub.setAttribute('aria-label', 'Push ' + d.name + ' to the Hub'); hub.onclick = () => push(d.name, hub);
    if (d.dataset) name.title = 'Learnt from the dataset “' + d.dataset + '”';
  }
  const comparable = dms.filter(d => d.afterwards);
  for (const [pick, i, choice] of [[$('.versus').first, 0, comparable], [$('.versus').second, 1, comparable], [$('.reliability select'), 0, dms]]) {
    const was = pick.value; pick.replaceChildren(); for (const d of choice) make('option', '', pick, d.name).value = d.name;
    pick.value = choice.some(d => d.name === was) ? was : (choice[i] || choice[0] || {}).name;
  }
  drawReliability();
  $('.back').hidden = locked; $('.versus').hidden = comparable.length < 2 || locked;
}
let reliabilityDrawn = '';
function drawReliability() {                          // of its own test questions: what a score promises, and what came true
  const f = {box: $('.reliability'), plot: $('.reliability .plot'), low: 0, high: 1}, d = known.find(d => d.name === $('.reliability select').value), points = d ? d.reliability : [];
  f.box.hidden = !d; f.plot.hidden = !points.length; if (!d) return;
  const all = points.reduce((n, p) => n + p[2], 0);
  text(f.box.querySelector('.note'), points.length ? 'On ' + all.toLocaleString('en') + ' test attempts, in ' + points.length + ' equal groups by score; on the dotted line, a score means what it says.' : 'The card of this DM has no reliability figures. A DM that is trained here gets them.');
  set(f.plot, 'aria-label', 'Reliability of ' + d.name + ': ' + points.map(p => 'of those around ' + short3(p[0]) + ', ' + Math.round(100 * p[1]) + ' % are right').join('; '));
  if (points.length) plotly().then(library => {
    const width = f.plot.clientWidth, drawn = [width, !!root.closest('.dark'), d.name, points].join(); if (!width || drawn === reliabilityDrawn) return; reliabilityDrawn = drawn;
    const base = layoutOf(f, []), percents = {...base.yaxis, tickformat: '.0%'}, titled = (axis, words) => ({...axis, range: [-.02, 1.02], title: {text: words, font: {size: 10.5}, standoff: 4}});
    const ideal = {x: [0, 1], y: [0, 1], mode: 'lines', hoverinfo: 'skip', line: {color: base.font.color, width: 1.2, dash: 'dot'}};
    const told = {x: points.map(p => p[0]), y: points.map(p => p[1]), customdata: points.map(p => p[2]), mode: 'lines+markers', line: {color: LINES[0], width: 1.8}, marker: {size: 6}, hovertemplate: 'score %{x:.2f}: %{y:.0%} of %{customdata} right<extra></extra>'};
    library.react(f.plot, [ideal, told], {...base, width, height: 250, hovermode: 'closest', margin: {...base.margin, l: 52}, xaxis: titled({...base.xaxis, rangemode: 'normal'}, 'mean score'), yaxis: titled(percents, 'right')}, {...CONFIG, displayModeBar: false});   // its buttons would cover the highest scores
  }, () => {});
}
$('.reliability select').onchange = drawReliability; new ResizeObserver(drawReliability).observe($('.dms'));
async function deploy(name) {
  const answer = await ask('train_dm', name == null ? {act: 'back'} : {act: 'deploy', name});
  if (!answer.error) { say(answer.deployed + ' judges from now on.'); wantDms = true; trigger('deployed', {name: answer.deployed}); }
  return answer;
}
$('.back').onclick = async () => { const a = await deploy(null); wrong(a.error); poll(); };
async function push(name, button) {
  const repo = prompt('Name on the Hugging Face Hub (it will be private)', name); if (repo == null) return;
  const told = $('.told'); button.disabled = true; text(told, 'Pushing ' + name + ' …');
  const answer = await ask('train_push', {name, repo}); button.disabled = false; text(told, answer.error || 'Pushed: ');
  if (answer.url) { const link = make('a', '', told, answer.url); link.href = answer.url; link.target = '_blank'; link.rel = 'noopener'; }
}
async function save(name, button) {
  const was = button.textContent, pieces = []; button.disabled = true; let size = 1, got = 0, file = name;
  while (got < size) {
    const answer = await ask('train_export', {name, offset: got}); if (answer.error) { wrong(answer.error); break; }
    const piece = Uint8Array.from(atob(answer.piece), c => c.charCodeAt(0)); pieces.push(piece); got += piece.length; size = answer.size; file = answer.name; text(button, Math.round(100 * got / size) + ' %'); if (!piece.length) break;
  }
  button.disabled = false; text(button, was); if (got < size) return;
  const link = make('a'); link.href = URL.createObjectURL(new Blob(pieces, {type: 'application/zip'})); link.download = file; link.click(); setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
$('.versus').onsubmit = async e => {
  e.preventDefault(); const f = e.target, busy = f.querySelector('.busy'); text(busy, 'Judging …'); f.querySelector('button').disabled = true;
  const v = await ask('train_compare', {first: f.first.value, second: f.second.value}), box = $('.compared'); f.querySelector('button').disabled = false; text(busy, v.error || ''); if (v.error) return;
  box.replaceChildren(); box.hidden = false; make('p', '', box, 'On ' + v.attempts.toLocaleString('en') + ' attempts at ' + v.questions.toLocaleString('en') + ' questions that neither learnt from, ' + v.flips.toLocaleString('en') + ' decisions differ.');
  const table = make('table', '', make('div', 'wide', box)), top = make('tr', '', make('thead', '', table)), body = make('tbody', '', table); for (const words of ['DM', 'Accepts from', 'Accepts', 'of these wrong', 'Right, but rejected']) make('th', '', top, words).scope = 'col';
  for (const s of v.sides) { const tr = make('tr', '', body); cell(tr, s.name, 'th'); for (const key of ['threshold', 'accepted', 'wrong', 'missed']) cell(tr, s[key].toLocaleString('en')); }
  const list = make('ol', 'flips', box);
  for (const r of v.rows) { const li = make('li', '', list), q = make(r.id ? 'a' : 'p', '', li, r.question); q.dir = 'auto'; if (r.id) q.href = '?tab=data&record=' + encodeURIComponent(r.id); const line = make('p', 'note', li); line.append('Answer '); make('b', '', line, r.answer); make('span', r.right ? 'right' : 'wrongWord', line, r.right ? ' ✓ right' : ' ✕ wrong');
    line.append('. ' + r.accepted_by + ' accepts it, the other rejects it (' + r.scores.join(' and ') + ').'); }
  if (v.traces) make('p', 'also', box, 'Of the latest ' + v.traces.toLocaleString('en') + ' traces, ' + v.trace_flips.toLocaleString('en') + ' would have ended otherwise.');
  const thought = make('ol', 'flips', box);
  for (const r of v.trace_rows) { const li = make('li', '', thought), q = make('a', '', li, r.question); q.dir = 'auto'; q.href = '?trace=' + encodeURIComponent(r.id); make('p', 'note', li, v.sides.map((s, i) => s.name + ' ' + r.endings[i]).join('; ') + '.'); }
  say('Compared.');
};

// --- asking ----------------------------------------------------------------------------------------------------------
let timer = 0, asking = false, again = false, visible = false;
async function poll() {
  clearTimeout(timer); if (!element.isConnected) return;
  if (asking) { again = true; return; }
  const was = visible; visible = !!root.offsetParent && !document.hidden; if (!document.hidden) address(visible);
  if (!visible) { timer = setTimeout(poll, 700); return; }
  asking = true; let wait = 3000;
  try { if (!was && !first) { wantDms = true; count(); } wait = await refresh(); } finally { asking = false; timer = setTimeout(poll, again ? 0 : wait); again = false; }
}
let begun = false;
function address(shown) {                             // a reload comes back to this tab
  if (!(begun = begun || shown)) return;              // not opened yet: the address may be about to open it
  const url = new URL(location.href), here = url.searchParams.get('tab') === 'train'; if (here === shown) return;
  if (shown) url.searchParams.set('tab', 'train'); else url.searchParams.delete('tab');
  history.replaceState(history.state, '', url);
}
async function refresh() {                            // draws what is; answers how long that may stand
  const after = {}; if (shown.length) for (const r of onChart()) after[r.id] = Math.max(-1, ...Object.values(curves[r.id] || {}).map(c => c.at(-1)[0]));
  const fresh = !shown.length, v = await ask('train_state', {curves: after, log, first, dms: wantDms});
  root.dataset.state = v.error ? (v.loading ? 'loading' : 'silent') : 'ready';
  if (v.error) { text($('.wait'), v.error); return 2000; }
  locked = !v.may; $('.locked').hidden = v.may; for (const b of [$('.go'), $('.check'), $('.timed')]) b.hidden = locked;
  if (v.defaults) { first = false; defaults(v.defaults); count(); }
  if (v.dms) { wantDms = false; drawDms(v.dms); drawSnapshots(v.snapshots); drawAgain(v.again); }
  for (const id in v.curves) { const mine = curves[id] || (curves[id] = {}); for (const name in v.curves[id]) (mine[name] || (mine[name] = [])).push(...v.curves[id][name]); }
  drawRuns(v); drawLog(v.log); drawCurves();
  if (wantDms || (fresh && shown.length) || onChart().some(r => !(r.id in after))) return 0;
  return shown.some(r => r.state === 'queued' || r.state === 'running') ? 1000 : 3000;
}
function defaults(values) {
  for (const o of setup.options) { const c = form.elements[o.key], value = values[o.key]; if (value == null) continue; if (o.choices.length) c.value = String(value); else c.placeholder = String(value); }
}
function drawLog(words) {
  if (!log || !rows[log]) return;
  const box = rows[log].log, end = box.scrollHeight - box.scrollTop - box.clientHeight < 30;
  text(box, words || 'Nothing yet.'); if (end) box.scrollTop = box.scrollHeight;
}
document.addEventListener('visibilitychange', poll); poll();
