// The drawer of recent traces, asked for when it opens; each is a link that reopens its trace.
const dialog = element.querySelector('dialog'), list = dialog.querySelector('ol'), none = dialog.querySelector('.none');
const make = (tag, cls, words, parent) => { const n = document.createElement(tag); n.className = cls; n.textContent = words; n.dir = 'auto'; parent.append(n); return n; };
element.querySelector('.open').onclick = async () => {
  list.replaceChildren(); none.textContent = 'Loading…'; dialog.showModal();
  const answer = await server.recent_traces({}).catch(() => null), rows = answer && answer.rows || [];
  none.textContent = !answer ? 'The server did not answer. Close this and try again.' : answer.error || answer.none;
  list.replaceChildren();                             // it may have been opened again meanwhile
  for (const row of rows) {
    const link = make('a', '', '', make('li', '', '', list));
    link.href = '?trace=' + encodeURIComponent(row.id);
    make('b', '', row.question, link); make('span', '', row.answer, link).dataset.kind = row.kind; make('small', '', row.note, link);
  }
};
dialog.onclick = e => { if (e.target === dialog || e.target.closest('.close')) dialog.close(); };
