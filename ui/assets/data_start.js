// Keys, and the start: everything is asked for when the tab is first seen, and the address is this tab's only while it is.
const TYPES = 'textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])';
const EVERYWHERE = {'/': () => { if (desk) closeDesk(); $('[name=text]').focus(); }, z: () => takeBack('undo'), Z: () => takeBack('redo'), '?': () => openDrawer('keys'), b: () => blind(!options.blind)};
const AT_TABLE = {j: () => walk(1), k: () => walk(-1), a: () => labelHere('accept'), r: () => labelHere('reject'), '[': () => turn(page - 1), ']': () => view.queue ? load() : turn(page + 1), Enter: () => rows[here] && openRecord(rows[here].id)};
const AT_DESK = {
  j: () => go(1), k: () => go(-1), a: () => vote('accept'), r: () => vote('reject'), ArrowDown: () => stepBy(1), ArrowUp: () => stepBy(-1), '+': () => markStep(1), '=': () => markStep(1), 0: () => markStep(0), '-': () => markStep(-1),
  e: firstError, ...Object.fromEntries(STOPS.map(([label, , key]) => [key, () => markStop(label)])), x: skipIt, Enter: saveAndGo, Escape: closeDesk,
  f: () => $('.d-panel [name=flag]').click(), g: () => $('.d-panel [name=gold_wrong]').click(), n: () => $('.d-panel [name=note]').focus(), t: () => $('.d-panel [name=tag]').focus(),
};
addEventListener('keydown', e => {
  if (!root.offsetParent || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || document.querySelector('dialog[open]')) return;
  const on = e.target, typing = on.closest && on.closest(TYPES);
  if (typing) { if (e.key === 'Escape' && root.contains(on)) { e.preventDefault(); on.blur(); if (desk) $('.d-desk').focus({preventScroll: true}); } return; }
  if (!options.keys && e.key !== 'Escape' && e.key !== '?') return;
  if (e.key === 'Enter' && on.closest && on.closest('button, a, summary')) return;
  const does = (desk ? AT_DESK : AT_TABLE)[e.key] || EVERYWHERE[e.key];
  if (does) { e.preventDefault(); does(); }
});

// --- who, blind, undo ------------------------------------------------------------------------------------------------
nameBox.value = kept.get('who', '');
nameBox.oninput = () => kept.set('who', who());
nameBox.onchange = () => { fetched.clear(); countQueues(); if (desk) openRecord(desk.record_id, at); };
$('[name=undo]').onclick = () => takeBack('undo'); $('[name=redo]').onclick = () => takeBack('redo'); $('[name=again]').onclick = start;
const blindBox = $('.d-blind input');
blindBox.onchange = () => blind(blindBox.checked);
async function blind(on) {
  setOption('blind', on); blindBox.checked = on; fetched.clear(); say(on ? 'Blind' : 'No longer blind');
  const open = desk && desk.record_id; await reload(); if (open) openRecord(open, at);
}

// --- the start -------------------------------------------------------------------------------------------------------
let begun = false, seen = false;
async function start() {
  try { about = {...about, ...await ask('about')}; } catch (error) { trouble(error); return; }
  begun = true; view = readAddress(); blindBox.checked = options.blind;
  $('.d-name').hidden = !about.labelling || !!about.person; for (const name of ['undo', 'redo']) $('[name=' + name + ']').hidden = !about.labelling;
  $('.d-closed').hidden = about.labelling; $('.d-closed').textContent = about.why;
  $('.d-facets').open = innerWidth > 900;
  if (!about.queues.some(queue => queue.name === view.queue) || !about.labelling) view.queue = '';
  const open = view.record; await reload();
  if (open) await openRecord(open);
  deliver();
}
new ResizeObserver(() => {                            // shown and hidden with its tab
  const now = root.offsetParent !== null; if (now === seen) return;
  seen = now;
  if (begun || !now) writeAddress(); else start();
}).observe(root);
