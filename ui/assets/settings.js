// Shows and hides the settings. They are always there: Gradio's own accordion makes them when it is first opened, and
// sets them to their defaults once more a frame later, over what was typed meanwhile.
const button = element.querySelector('button');
button.onclick = () => button.setAttribute('aria-expanded', button.getAttribute('aria-expanded') === 'false');
