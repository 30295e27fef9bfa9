// What is said about records: sent in order, kept in this browser until the server has it, taken back and done again.
// A gesture is {token, who, record, kind, value, seen, independent, name}; a draft is what is marked on a record but not yet said.
const versions = {};                                  // by record: the labels that were last seen here
let savedAt = null, sending = null, later = null;
const outbox = () => kept.get('outbox', []), mend = edit => kept.set('outbox', outbox().flatMap(edit));
const drafts = () => kept.get('drafts', {}), MOST_DRAFTS = 500;   // read anew each time: another page may have written

function tell(record, kind, value, name) {            // say it: at once here, soon on the server
  const independent = options.blind || view.queue === 'second_opinion';
  kept.set('outbox', [...outbox(), {token: newToken(), who: who(), record, kind, value, seen: versions[record] || 0, independent, name}]);
  deliver();
}
function deliver() {
  clearTimeout(later);
  sending = sending || send().finally(() => { sending = null; drawState(); });
  drawState();
  return sending;
}
async function send() {
  for (let item; (item = outbox().find(one => !one.problem)); drawState()) {
    const {token, who, record, kind, value, seen, independent} = item;
    try {
      const labels = await ask('annotate', {token, who, record, kind, value, seen, independent});
      mend(one => one.token === token ? [] : [one.record === record && one.seen >= labels.previous ? {...one, seen: labels.version} : one]);   // unless another's event came between
      savedAt = Date.now() / 1000;
      heard(record, labels);
    } catch (error) {
      if (!(error instanceof Refused)) { later = setTimeout(deliver, 4000); mend(one => [one.token === token ? {...one, tries: (one.tries || 0) + 1} : one]); return; }
      mend(one => [one.token === token ? {...one, problem: error.message, stale: error.stale} : one]);
    }
  }
}
function drawState() {
  const items = outbox(), stuck = items.filter(one => one.problem), waiting = items.length - stuck.length, silent = items.some(one => one.tries), chip = $('.d-state');
  chip.dataset.state = stuck.length || silent ? 'failed' : waiting ? 'pending' : savedAt ? 'saved' : 'idle';
  chip.textContent = stuck.length ? many(stuck.length, 'label') + ' not saved' : silent ? count(waiting) + ' waiting for the server' : waiting ? 'Saving ' + waiting : savedAt ? 'Saved' : '';
  const list = $('.d-outbox'); list.hidden = !stuck.length; list.replaceChildren();
  for (const item of stuck) {
    const li = make('li', '', list), again = changes => { mend(one => [one.token === item.token ? {...one, problem: null, ...changes} : one]); deliver(); };
    make('p', '', li, (item.name ? item.name + ': ' : '') + item.problem).dir = 'auto';
    if (item.stale) press(li, '', 'Insist on mine', () => again({seen: item.stale.version})); else press(li, '', 'Try again', () => again({}));
    press(li, '', item.stale ? 'Keep theirs' : 'Drop it', () => { mend(one => one.token === item.token ? [] : [one]); drawState(); refresh(item.record); });
  }
}
addEventListener('online', () => { if (outbox().length) deliver(); });

// --- undo, redo ------------------------------------------------------------------------------------------------------
async function takeBack(verb) {
  if (!mayLabel()) return;
  await deliver();
  if (outbox().length) { justNow('Nothing is taken back or done again before everything is saved.'); return; }
  try {
    const undone = await ask(verb);
    savedAt = Date.now() / 1000; drawState();
    justNow((verb === 'undo' ? 'Undone: ' : 'Done again: ') + undone.label + (undone.records > 1 ? ' on ' + many(undone.records, 'attempt') : ''));
    if (undone.records > 1) await reload(); else await goBackTo(undone.record_ids[0]);
  } catch (error) { justNow(error.message); }
}

// --- drafts ----------------------------------------------------------------------------------------------------------
const draftOf = record => drafts()[record] || {};
function draft(record, changes) {
  const {[record]: old, ...others} = drafts();        // the newest stand last
  kept.set('drafts', Object.fromEntries(Object.entries({...others, [record]: {...old, ...changes}}).slice(-MOST_DRAFTS)));
}
function tellDraft(record, name) {                    // true if there was one
  const {[record]: mine, ...others} = drafts(), {steps, stop, note} = mine || {};
  if (steps) tell(record, 'steps', steps.some(mark => mark != null) ? steps : null, name);
  if (stop !== undefined) tell(record, 'stop', stop, name);
  if (note !== undefined) tell(record, 'note', note.trim() || null, name);
  kept.set('drafts', others);
  return !!mine;
}
function mayLabel() {                                 // says why not
  if (!about.labelling) { say(about.why); justNow(about.why); return false; }
  if (about.person || who()) return true;
  justNow('Type your name first: every label says whose it is.'); nameBox.focus();
  return false;
}
let fading = null;
function justNow(words) {                             // said in passing; nothing moves for it
  const box = $('.d-just'); clearTimeout(fading); box.hidden = !words; box.textContent = words; say(words);
  fading = setTimeout(() => { box.hidden = true; }, 7000);
}
