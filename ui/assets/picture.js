// A trace as a PNG, for view.js: what `v` shows, drawn on a canvas in the page's own colours and fonts. Nothing is loaded.
const PICTURE = {wide: 1000, edge: 44, tallest: 7000, longest: 700};  // pixels, pixels, pixels, characters of one text

async function chartImage(svg) {                      // the score line as it stands, its style written into it
  const copy = svg.cloneNode(true), from = svg.querySelectorAll('*'), to = copy.querySelectorAll('*');
  from.forEach((node, i) => { const style = getComputedStyle(node);
    to[i].setAttribute('style', ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-size', 'font-weight', 'font-family', 'font-style', 'paint-order'].map(k => k + ':' + style.getPropertyValue(k)).join(';')); });
  const {width, height} = svg.getBoundingClientRect(), image = new Image();
  copy.setAttribute('width', width); copy.setAttribute('height', height); copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], {type: 'image/svg+xml'}));
  try { image.src = url; await image.decode(); return {image, width, height}; } finally { URL.revokeObjectURL(url); }
}
async function picture(v) {
  const {wide, edge, tallest, longest} = PICTURE, style = getComputedStyle(root), colour = name => style.getPropertyValue('--drr-' + name).trim();
  const canvas = document.createElement('canvas'), pen = canvas.getContext('2d'), chart = await chartImage(svg);
  const inside = wide - 2 * edge, ofBand = {high: 'high', mid: 'mid', low: 'low'};
  let y = 0, dry = true;
  function write(words, {size = 15, bold = false, ink = 'ink', x = edge, most = wide - edge - x, gap = 4} = {}) {
    pen.font = `${bold ? 700 : 400} ${size}px ${style.fontFamily}`; pen.fillStyle = colour(ink); pen.textBaseline = 'top';
    let line = '';
    const flush = () => { if (!dry) pen.fillText(line, x, y); y += size * 1.4; line = ''; };
    for (const word of words.slice(0, longest).split(/\s+/).flatMap(w => w.match(/.{1,60}/gu) || [])) {
      if (line && pen.measureText(line + ' ' + word).width > most) flush();
      line += (line ? ' ' : '') + word;
    }
    if (line) flush();
    y += gap;
  }
  function paint() {
    y = edge;
    write(v.question, {ink: 'muted', gap: 14});
    write(v.outcome.answer + (v.outcome.kind === 'fallback' ? ' (unsure)' : ''), {size: 34, bold: true});
    if (v.outcome.graded) write(v.outcome.graded, {bold: true, ink: v.outcome.grade === 'right' ? 'high' : v.outcome.grade === 'wrong' ? 'low' : 'muted'});
    write(v.outcome.lead); write(v.outcome.why, {ink: 'muted'});
    write(`Score ${v.facts.score}, attempts ${v.facts.attempts}, tokens ${v.facts.tokens}`, {ink: 'muted', gap: 16});
    const high = chart.height * Math.min(1, inside / chart.width), broad = chart.width * Math.min(1, inside / chart.width);
    if (!dry) pen.drawImage(chart.image, edge, y, broad, high);
    y += high + 20;
    v.attempts.forEach((a, i) => {
      write(`${a.name}  ${a.word}`, {size: 17, bold: true, gap: 6, ink: a.verdict === 'accept' ? 'high' : a.verdict === 'reject' ? 'low' : 'ink'});
      for (const s of a.steps) {
        const top = y;
        write(s.text, {x: edge + 14, most: inside - 200, ink: a.verdict === 'accept' ? 'ink' : 'muted'});
        const after = y;
        y = top;
        if (s.score != null) write(`${numberOf(s.score, v.accept)}  ${s.word}`, {x: wide - edge - 165, ink: ofBand[s.band]});
        y = Math.max(y, after);
      }
      for (const d of v.decisions.filter(d => d.attempt === i && d.action !== 'reject_step')) write(`${d.title}: ${d.reason}`, {bold: true, gap: 16});
    });
    write('DRR Studio', {size: 12, ink: 'muted'});
    return Math.min(tallest, y + edge - 14);
  }
  canvas.width = 2 * wide; canvas.height = 2 * Math.ceil(paint());
  pen.scale(2, 2); pen.fillStyle = colour('surface'); pen.fillRect(0, 0, wide, canvas.height);
  dry = false; paint();
  return new Promise(done => canvas.toBlob(done, 'image/png'));
}
