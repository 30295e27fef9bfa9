// The desk: one attempt with its steps and what you say about it; beside it every other attempt on its question.
const STOPS = [['here', 'Stop here', 's'], ['too_early', 'Too early', 'y'], ['too_late', 'Too late', 'l'], ['abstain', 'Should abstain', 'i']];
let desk = null, at = 0, opening = 0;                 // desk: what data_detail gave; at: the step the keys are on
const fetched = new Map();                            // details asked for in advance
const detailOf = id => { const key = id + options.blind; if (!fetched.has(key)) fetched.set(key, ask('detail', {record: id, blind: options.blind}).catch(error => { fetched.delete(key); throw error; }));
  while (fetched.size > 12) fetched.delete(fetched.keys().next().value); return fetched.get(key); };
const forget = id => { fetched.delete(id + true); fetched.delete(id + false); };

async function openRecord(id, step = 0) {
  const mine = ++opening, i = rows.findIndex(row => row.id === id);
  if (i >= 0) stand(i, false);
  try {
    const detail = await detailOf(id);
    if (mine !== opening) return;
    desk = detail; at = Math.min(step, Math.max(0, desk.attempts[0].steps.length - 1));
    versions[id] = Math.max(versions[id] || 0, desk.attempts[0].labels.version);
    const first = root.dataset.view !== 'desk';
    view.record = id; root.dataset.view = 'desk'; $('.d-desk').hidden = false; trouble(null);
    writeAddress(); drawDesk();
    if (first) root.scrollIntoView({block: 'start'}); else if ($('.d-desk').getBoundingClientRect().top < 0) $('.d-desk').scrollIntoView({block: 'start'});
    $('.d-desk').focus({preventScroll: true});
    if (rows[i + 1]) detailOf(rows[i + 1].id).catch(() => {});
  } catch (error) { if (mine === opening) trouble(error); }
}
function closeDesk() {
  opening++; desk = null; view.record = ''; root.dataset.view = 'table'; $('.d-desk').hidden = true; writeAddress();
  overview();
  if (rows[here]) { fillRow(rowAt(here), rows[here]); stand(here); }
}
async function go(by) {
  if (by > 0 && rows[here] && !rows.some(row => row.id === desk.record_id)) return openRecord(rows[here].id);   // it came by its address
  if (await walk(by)) return openRecord(rows[here].id);
  justNow(by > 0 ? 'That was the last one.' : 'This is the first one.');
  if (by > 0 && view.queue) closeDesk();
}
async function goBackTo(id) {                         // after an undo: where it happened, as it now is
  const i = rows.findIndex(row => row.id === id);
  if (i >= 0 && !desk) stand(i);
  await refresh(id);
  if (desk) await openRecord(id);
}
async function refresh(id) {
  forget(id);
  try { const {attempts: [attempt]} = await detailOf(id); heard(id, attempt.labels); } catch { /* it stays as it was shown */ }
}
function labelsCame(id, labels) {
  forget(id);
  if (!desk || desk.record_id !== id) return;
  if (desk.attempts[0].blind) { openRecord(id, at); return; }   // now one may have voted
  desk.attempts[0].labels = labels;
  drawPanel(); drawMarks();
  detailOf(id).then(fresh => { if (desk && desk.record_id === id) { desk.attempts = fresh.attempts; drawHistory(); } }).catch(() => {});
}

// --- drawing ---------------------------------------------------------------------------------------------------------
function drawDesk() {
  const box = $('.d-desk'), attempt = desk.attempts[0], {question} = desk; box.replaceChildren(); box.tabIndex = -1;
  const nav = make('div', 'd-nav', box);
  press(nav, 'back', '', closeDesk).append('← Table ', make('kbd', '', null, 'Esc'));
  const place = rows.findIndex(row => row.id === desk.record_id);
  make('span', 'd-at', nav, place < 0 ? '' : view.queue ? count(place + 1) + ' of ' + count(rows.length) + ' in the queue' : 'Attempt ' + count(page * PAGE + place + 1) + (total ? ' of ' + count(total.number) + (total.exact ? '' : '+') : ''));
  check(nav, 'Go on by itself', options.advance, on => setOption('advance', on));
  press(nav, 'up', '', () => go(-1)).append('Previous ', make('kbd', '', null, 'k'));
  press(nav, 'down', '', () => go(1)).append('Next ', make('kbd', '', null, 'j'));

  const card = make('section', 'd-card', box), asked = make('p', 'd-asked', card, question.text); asked.dir = 'auto';
  if (question.choices) { const list = make('ul', 'd-choices', card); for (const [key, words] of Object.entries(question.choices)) { const li = make('li', '', list); make('b', '', li, key); li.append(words); } }
  facts(card, [['Gold answer', desk.blind ? 'hidden' : question.gold ?? 'not known'], ['Source', question.source], ['Reasoner', attempt.reasoner], ['Temperature', String(attempt.temperature)], ['Tokens', count(attempt.tokens)], ['Added', day(attempt.created)],
    ...(attempt.mean_logprob == null ? [] : [['Mean log-probability', attempt.mean_logprob.toPrecision(2)]])]);
  const links = make('p', 'd-links', card);
  const link = (id, words) => { make('a', '', links, words).href = '?trace=' + encodeURIComponent(id); };
  if (attempt.trace) link(attempt.trace, 'The trace it came from');
  for (const {id, created, policy, status} of desk.traces) if (id !== attempt.trace) link(id, 'Another trace on this question, ' + clock(created) + ' (' + policy + ', ' + status + ')');

  const grid = make('div', 'd-grid', box), left = make('div', '', grid), main = make('section', 'd-card', left);
  const top = make('div', 'd-summary', main); make('h3', '', top, name(attempt));
  const word = (words, fill) => { const s = make('span', '', top, words); fill(s); };
  word('Answer', s => make('b', '', s, attempt.answer ?? 'none').dir = 'auto');
  if (attempt.blind) word('Label and score', s => make('b', '', s, 'hidden until you vote'));
  else { word('Label', s => verdict(s, attempt.automatic)); word('DM', s => verdict(s, attempt.judged, attempt.score == null ? 'not scored' : attempt.judged + ' at ' + two(attempt.score))); }
  if (attempt.rejected.length) { const before = make('details', 'd-before', main); make('summary', '', before, 'It was told before: ' + many(attempt.rejected.length, 'rejected attempt')); for (const text of attempt.rejected) make('p', '', before, text).dir = 'auto'; }
  const list = make('ol', 'd-steps', main); list.setAttribute('aria-label', 'Steps');
  attempt.steps.forEach((step, i) => {
    const li = make('li', '', list); li.tabIndex = -1; li.onfocus = () => { at = i; mark(); };
    make('span', 'n', li, i + 1); make('p', 'text', li, step.text).dir = 'auto';
    const score = make('div', 'score', li); if (step.score != null) drawScore(score, step.score, step.score >= desk.threshold ? 'accept' : 'reject', desk.threshold);
    const marks = make('div', 'marks d-marks', li);
    for (const [value, words, aloud] of [[1, '+1', 'good'], [0, '0', 'neutral'], [-1, '−1', 'wrong']]) {
      const b = press(marks, '', words, () => { at = i; markStep(value); }, ''); b.dataset.value = value; b.setAttribute('aria-label', 'Step ' + (i + 1) + ' is ' + aloud); b.disabled = !about.labelling;
    }
    make('div', 'd-badges', li);
  });
  if (!attempt.steps.length) make('p', 'dim', main, 'It wrote nothing.');
  const panel = make('section', 'd-card d-panel', grid); panel.setAttribute('aria-label', 'Your labels');
  const past = make('section', 'd-card d-past', left); make('h3', '', past, 'What was said, by whom and when'); make('ul', 'd-history', past);
  drawPanel(); drawMarks(); drawHistory(); drawSide(box);
}
const name = attempt => (attempt.depth ? 'After ' + many(attempt.depth, 'rejection') : 'Try ' + (attempt.attempt + 1)) + (attempt.temperature ? ' at T ' + attempt.temperature : '');
function facts(parent, pairs) { const list = make('dl', 'd-facts', parent); for (const [key, value] of pairs) { const div = make('div', '', list); make('dt', '', div, key); make('dd', '', div, value).dir = 'auto'; } }

const me = () => about.person || who();              // one marks from what one has said oneself, not from what others have
const stepsNow = () => { const {steps, labels} = desk.attempts[0], said = draftOf(desk.record_id).steps ?? labels.steps_by[me()] ?? []; return steps.map((_, i) => said[i] ?? null); };
const stopNow = () => { const drafted = draftOf(desk.record_id).stop; return drafted !== undefined ? drafted : desk.attempts[0].labels.stops_by[me()] ?? null; };
const mine = () => desk.attempts[0].labels.opinions[me()];
function drawMarks() {
  const marks = stepsNow(), wrong = marks.indexOf(-1), stop = stopNow(), attempt = desk.attempts[0];
  $$('.d-steps > li').forEach((li, i) => {
    li.dataset.value = marks[i] ?? '';
    for (const b of li.querySelectorAll('.d-marks button')) b.setAttribute('aria-pressed', marks[i] === Number(b.dataset.value));
    const badges = li.querySelector('.d-badges'), badge = (words, kind) => { make('span', 'd-badge', badges, words).dataset.kind = kind; }; badges.replaceChildren();
    if (i === wrong) badge('first error', 'error');
    if (attempt.first_error_step === i) badge('first error, as imported', 'error');
    if (stop && stop.step === i) badge(STOP_WORDS[stop.label], 'stop');
    if (attempt.steps[i].rejected) badge('rejected by the policy', 'differ');
  });
  mark();
}
function mark(focus) {
  $$('.d-steps > li').forEach((li, i) => { li.classList.toggle('here', i === at); li.tabIndex = i === at ? 0 : -1; if (focus && i === at) { li.focus({preventScroll: true}); li.scrollIntoView({block: 'nearest'}); } });
}
function drawPanel() {
  const panel = $('.d-panel'), {labels} = desk.attempts[0], id = desk.record_id, off = !about.labelling, held = draftOf(id), stop = stopNow(), focus = panel.contains(document.activeElement) ? document.activeElement.name : '';
  panel.replaceChildren();
  make('h3', '', panel, settling() ? 'Settle it' : 'Is this attempt right?');
  if (off) make('p', 'd-told', panel, about.why);
  const votes = make('div', 'd-verdicts', panel), said = settling() ? labels.adjudicated : rows[here]?.id === id && rows[here].saying || mine();
  for (const [value, words, key] of [['accept', 'Accept', 'a'], ['reject', 'Reject', 'r']]) {
    const b = press(votes, value, '', () => vote(value), ''); icon(ICON[value], b); b.append(words + ' ', make('kbd', '', null, key)); b.setAttribute('aria-pressed', said === value); b.disabled = off;
  }
  const stops = make('fieldset', '', panel), list = (make('legend', '', stops, 'When should it have stopped?'), make('div', 'd-options', stops));
  for (const [value, words, key] of STOPS) { const b = press(list, value, '', () => markStop(value), ''); b.append(make('span', '', null, value === 'here' ? 'At step ' + (at + 1) : words), make('kbd', '', null, key)); b.setAttribute('aria-pressed', stop?.label === value); b.disabled = off; }
  const also = make('fieldset', '', panel), extra = (make('legend', '', also, 'And also'), make('div', 'd-options', also));
  for (const [kind, words, key, on] of [['flag', 'Flag it', 'f', labels.flagged], ['gold_wrong', 'Gold is wrong', 'g', labels.gold_wrong]]) { const b = press(extra, kind, '', () => toggle(kind, !on), ''); b.append(make('span', '', null, words), make('kbd', '', null, key)); b.setAttribute('aria-pressed', on); b.disabled = off; }
  const tags = field(panel, 'Tags', make('div', 'd-tags'));
  for (const tag of labels.tags) { const b = press(tags, '', tag + ' ', () => sayTag(tag, false), 'quiet'); icon('cross', b); b.setAttribute('aria-label', 'Take away the tag ' + tag); b.disabled = off; }
  const box = input('text', 'tag'); box.placeholder = 'add one, then Enter'; box.maxLength = 100; box.disabled = off; box.setAttribute('aria-label', 'Add a tag');
  box.onkeydown = e => { if (e.key === 'Enter' && box.value.trim()) { sayTag(box.value.trim(), true); box.value = ''; } }; tags.append(box);
  const note = make('textarea'); note.name = 'note'; note.rows = 3; note.maxLength = 10000; note.disabled = off; note.dir = 'auto'; note.placeholder = 'Why? For the next person';
  note.value = held.note ?? labels.notes.findLast(one => one.author === me())?.text ?? '';
  note.oninput = () => { draft(id, {note: note.value}); drawDraft(); }; field(panel, 'Note', note);
  const done = make('div', 'd-done', panel), save = press(done, 'save', '', saveAndGo, 'main'); save.append('Save and go on ', make('kbd', '', null, '⏎')); save.disabled = off;
  const skip = press(done, 'skip', '', skipIt); skip.append('Skip ', make('kbd', '', null, 'x')); skip.disabled = off;
  make('p', 'd-draft', panel).setAttribute('role', 'status'); drawDraft();
  if (focus && panel.querySelector('[name=' + focus + ']')) panel.querySelector('[name=' + focus + ']').focus({preventScroll: true});
}
function drawDraft() { const {steps, stop, note} = draftOf(desk.record_id), parts = [steps && 'steps', stop !== undefined && 'stop', note !== undefined && 'note'].filter(Boolean);
  $('.d-draft').textContent = parts.length ? 'Draft, kept in this browser: ' + parts.join(', ') + '. Enter saves it.' : ''; }
function drawHistory() {
  const list = $('.d-history'), {history} = desk.attempts[0], undone = new Set(history.filter(e => e.kind === 'undo').map(e => e.value)); list.replaceChildren();
  if (desk.attempts[0].blind) { make('li', '', list, 'Hidden until you have voted.'); return; }
  for (const event of [...history].reverse()) {
    const li = make('li', undone.has(event.number) ? 'undone' : '', list); li.dir = 'auto';
    make('b', '', li, event.author); li.append(' ' + eventWords(event, history) + ' '); make('small', '', li, clock(event.created) + (event.reason ? ' · ' + event.reason : '') + (undone.has(event.number) ? ' · undone' : ''));
  }
  const li = make('li', '', list), {automatic, first_error_step: wrong, created} = desk.attempts[0];
  make('b', '', li, 'Automatic'); li.append(ICON[automatic] ? ' ' + automatic + ' ' : ' no label: there is no gold answer '); make('small', '', li, day(created) + (wrong == null ? '' : wrong < 0 ? ' · imported: no wrong step' : ' · imported: first error at step ' + (wrong + 1)));
}
function eventWords({kind, value}, history) {
  const none = value == null;
  if (kind === 'verdict') return none ? 'took the verdict back' : value;
  if (kind === 'adjudicate') return none ? 'opened it again' : 'settled: ' + value;
  if (kind === 'steps') return none ? 'took the step labels back' : 'steps ' + value.map(mark => mark == null ? '·' : mark > 0 ? '+1' : mark < 0 ? '−1' : '0').join(' ');
  if (kind === 'stop') return none ? 'took the stop label back' : STOP_WORDS[value.label] + (value.step == null ? '' : ' (step ' + (value.step + 1) + ')');
  if (kind === 'note') return none ? 'took the note back' : '“' + value + '”';
  if (kind === 'tag') return (value.on ? 'tag ' : 'took away the tag ') + value.tag;
  if (kind === 'undo') { const of = history.find(e => e.number === value); return of ? (of.kind === 'undo' ? 'did it again' : 'undid: ' + eventWords(of, history)) : 'undid something'; }
  return {flag: value ? 'flagged it' : 'took the flag away', skip: value ? 'skipped it' : 'took the skip back', gold_wrong: value ? 'the gold answer is wrong' : 'the gold answer is right'}[kind] ?? kind;
}
function drawSide(box) {
  const card = make('section', 'd-card', box), others = desk.attempts.length - 1;
  make('h3', '', card, others ? 'All ' + many(others + 1 + desk.more, 'attempt') + ' on this question' + (desk.more ? ', ' + count(others + 1) + ' shown' : '') : 'The only attempt on this question');
  if (!others) return;
  const list = make('ol', 'd-side', card); list.tabIndex = 0; list.setAttribute('aria-label', 'Attempts side by side');
  desk.attempts.forEach((attempt, k) => {
    const li = make('li', k ? '' : 'this', list), top = make('div', 'top', li); make('b', '', top, name(attempt));
    if (!attempt.blind) { verdict(top, attempt.automatic); if (attempt.score != null) make('span', 'dim', top, 'DM ' + two(attempt.score)); if (ICON[attempt.labels.human]) verdict(top, attempt.labels.human, 'people ' + attempt.labels.human); }
    make('div', 'dim', li, attempt.reasoner + ' · ' + many(attempt.tokens, 'token') + ' · answer ' + (attempt.answer ?? 'none')).dir = 'auto';
    const steps = make('ol', '', li); steps.tabIndex = 0; steps.setAttribute('aria-label', 'Its steps');
    attempt.steps.forEach((step, i) => {
      const line = make('li', attempt.differs_at === i ? 'first' : k && (attempt.differs_at == null || i < attempt.differs_at) ? 'same' : '', steps), words = make('span', '', line, ''); words.dir = 'auto';
      if (attempt.differs_at === i) make('em', '', words, 'first difference');
      words.append(step.text); make('span', 'n', line, step.score == null ? '' : two(step.score));
    });
    if (k) press(li, '', 'Open this one', () => openRecord(attempt.id));
  });
}

// --- saying it -------------------------------------------------------------------------------------------------------
const title = () => desk.question.text.slice(0, 80);
function vote(value) {
  if (!mayLabel()) return;
  const id = desk.record_id, row = rows.find(one => one.id === id) || {...desk.attempts[0], question: desk.question.text};
  tellDraft(id, title()); tell(id, settling() ? 'adjudicate' : 'verdict', value, title());
  showSaying(id, 'verdict', value); remark(row, value);
  if (options.advance) go(1); else drawPanel();
}
function saveAndGo() { if (!mayLabel()) return; if (tellDraft(desk.record_id, title())) justNow('Saved what you marked.'); go(1); }
function skipIt() { if (!mayLabel()) return; tell(desk.record_id, 'skip', true, title()); showSaying(desk.record_id, 'skip', true); justNow('Skipped'); go(1); }
function toggle(kind, on) { if (mayLabel()) { tell(desk.record_id, kind, on, title()); desk.attempts[0].labels[kind === 'flag' ? 'flagged' : kind] = on; drawPanel(); } }
function sayTag(tag, on) { if (mayLabel()) tell(desk.record_id, 'tag', {tag, on}, title()); }
function markStep(value) {                            // a second time takes it away
  if (!mayLabel() || !desk.attempts[0].steps.length) return;
  const steps = stepsNow(); steps[at] = steps[at] === value ? null : value;
  draft(desk.record_id, {steps}); drawMarks(); drawDraft(); say('Step ' + (at + 1) + ': ' + (steps[at] ?? 'not marked'));
}
function firstError() {                               // all before it are good
  if (!mayLabel() || !desk.attempts[0].steps.length) return;
  const steps = stepsNow().map((old, i) => i < at ? (old === -1 || old == null ? 1 : old) : i === at ? -1 : old);
  draft(desk.record_id, {steps}); drawMarks(); drawDraft(); say('First error at step ' + (at + 1));
}
function markStop(label) {
  if (!mayLabel()) return;
  const now = stopNow(), step = label === 'here' ? at : null, same = now && now.label === label && now.step === step;
  draft(desk.record_id, {stop: same ? null : {label, step}}); drawMarks(); drawPanel(); say(same ? 'No stop label' : STOP_WORDS[label]);
}
function stepBy(by) { const n = desk.attempts[0].steps.length; if (n) { at = Math.max(0, Math.min(n - 1, at + by)); mark(true); const b = $('.d-options [name=here] span'); if (b) b.textContent = 'At step ' + (at + 1); } }
