// Whether the models are loaded. `props.value` is {ready, text}.
const box = element.querySelector('.ready'), state = box.querySelector('.state');
function page() {
  const v = props.value; if (!v) return;
  box.dataset.ready = v.ready ? 'yes' : 'no';
  const words = v.text || (v.ready ? 'Ready' : 'Loading the models…');
  if (state.textContent !== words) state.textContent = words;
}
watch('value', page); page();
