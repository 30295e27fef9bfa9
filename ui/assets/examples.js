// Example questions as buttons, by group. `props.value` is [{group, items: [text]}].
const root = element.querySelector('.examples');
function page() {
  root.replaceChildren();
  (props.value || []).forEach((g, i) => {
    const box = document.createElement('details'), head = document.createElement('summary'), list = document.createElement('ul');
    box.name = 'examples'; box.open = i === 0; head.textContent = g.group; box.append(head, list);
    g.items.forEach(text => {
      const li = document.createElement('li'), button = document.createElement('button');
      button.type = 'button'; button.className = 'example'; button.dir = 'auto'; button.title = text;
      button.onclick = () => { trigger('pick', {text}); const box = document.querySelector('#question textarea'); if (box) box.focus(); };
      const words = document.createElement('span'); words.textContent = text;
      button.append(words); li.append(button); list.append(li);
    });
    root.append(box);
  });
}
watch('value', page); page();
