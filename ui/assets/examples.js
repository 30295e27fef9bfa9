// Example questions as buttons, by group, and a random one. `props.value` is [{group, items: [text]}].
const SOURCES = [['grammar', 'Everyday problems'], ['guess', 'Guess and check'], ['gsm_symbolic', 'Templates of gsm_symbolic'], ['gsm8k', 'GSM8K, other numbers'], ['frontier', 'GSM8K, longer ones'], ['beyond', 'Kinds it never saw']];
const STEPS = [[0, 'Any'], [1, '1 step'], [2, '2 steps'], [3, '3 steps'], [4, '4 and more']];
const root = element.querySelector('.examples');
const typed = () => document.querySelector('#question textarea');
function pick(question) { trigger('pick', question); const box = typed(); if (box) box.focus(); }
function choice(label, options, parent) {
  const box = document.createElement('label'), words = document.createElement('span'), select = document.createElement('select');
  words.textContent = label; select.className = 'select';
  for (const [value, name] of options) select.append(new Option(name, value));
  box.append(words, select); parent.append(box);
  return select;
}
function randomOne() {
  const box = document.createElement('details'), head = document.createElement('summary'), form = document.createElement('div');
  box.name = 'examples'; box.className = 'random'; head.textContent = 'A random one'; box.append(head, form);
  const source = choice('Source', SOURCES, form), steps = choice('Difficulty', STEPS, form);
  const button = document.createElement('button'), said = document.createElement('p');
  button.type = 'button'; button.className = 'quiet'; button.textContent = 'Draw a question'; said.className = 'drawn'; said.setAttribute('role', 'status');
  form.append(button, said);
  button.onclick = async () => {
    button.disabled = true;
    const before = typed().value;
    const drawn = await server.draw_question({source: source.value, steps: Number(steps.value)}).catch(() => null);
    button.disabled = false;
    if (!drawn || drawn.error) { said.textContent = drawn ? drawn.error : 'The server did not answer. Try again.'; button.focus(); return; }
    if (typed().value !== before) { said.textContent = 'You typed meanwhile, so your question stays.'; return; }
    said.textContent = `${drawn.steps} step${drawn.steps === 1 ? '' : 's'}, from ${drawn.source}`;
    pick(drawn);
  };
  return box;
}
function page() {
  root.replaceChildren();
  (props.value || []).forEach((g, i) => {
    const box = document.createElement('details'), head = document.createElement('summary'), list = document.createElement('ul');
    box.name = 'examples'; box.open = i === 0; head.textContent = g.group; box.append(head, list);
    g.items.forEach(text => {
      const li = document.createElement('li'), button = document.createElement('button');
      button.type = 'button'; button.className = 'example'; button.dir = 'auto'; button.title = text;
      button.onclick = () => pick({text});
      const words = document.createElement('span'); words.textContent = text;
      button.append(words); li.append(button); list.append(li);
    });
    root.append(box);
  });
  root.append(randomOne());
}
watch('value', page); page();
