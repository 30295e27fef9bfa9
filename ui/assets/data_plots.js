// What the filter holds, at a glance: the sentence, the three-way map, three plots. Each cell and bar opens its records.
let surveyed = 0, survey = null;
async function overview() {
  const mine = ++surveyed;
  try {
    const found = await ask('overview', {where: view.where, blind: options.blind});
    if (mine !== surveyed) return;
    survey = found; total = found.count;
    drawSentence(); drawFacets(found.facets); drawRanges(); drawPager();
    $('.d-over').hidden = options.blind;
    if (!options.blind) { drawMap(); drawPlots(); }
  } catch (error) { if (mine === surveyed) trouble(error); }
  finally { root.dataset.surveys = Number(root.dataset.surveys || 0) + 1; }
}
const cellsOf = found => (found || []).map(({value, count: n}) => { const [dm, label, people] = value.split('/'); return {dm, label, people, n}; });
const sum = (cells, test) => cells.reduce((n, cell) => n + (test(cell) ? cell.n : 0), 0);
function drawSentence() {
  const n = total.number, cells = cellsOf(survey.facets.facets.cell), all = sum(cells, () => true), words = [];
  $('.d-what').textContent = (total.exact ? '' : 'More than ') + many(total.exact ? n : n - 1, 'attempt');
  const graded = sum(cells, c => c.label !== 'none'), right = sum(cells, c => c.label === 'accept'), judged = sum(cells, c => c.dm !== 'none' && c.label !== 'none');
  const against = sum(cells, c => c.dm !== 'none' && c.label !== 'none' && c.dm !== c.label), said = sum(cells, c => c.people !== 'none'), overruled = sum(cells, c => c.people !== 'none' && c.label !== 'none' && c.people !== c.label);
  if (graded) words.push(percent(right / graded) + ' right by their label');
  words.push(judged ? 'DM and label differ on ' + percent(against / judged) : 'no DM has scored them yet');
  words.push(said ? 'people judged ' + count(said) + ' and overruled ' + count(overruled) : 'nobody has judged them yet');
  $('.d-note').textContent = options.blind ? 'Blind: scores, labels and counts stay hidden until you have voted.' : all ? (survey.facets.exact ? '' : 'Of the first ' + count(survey.facets.of) + ': ') + words.join(' · ') : '';
}

// --- the map: automatic label by DM, with what people say inside each cell -------------------------------------------
const MEANING = {'accept/accept': 'agree', 'reject/reject': 'agree', 'accept/reject': 'DM too trusting', 'reject/accept': 'DM too strict'};
function drawMap() {
  const cells = cellsOf(survey.map.facets.cell), all = Math.max(1, sum(cells, () => true)), head = $('.d-map thead'), body = $('.d-map tbody'), where = view.where;
  const there = (axis, value) => value !== 'none' || cells.some(c => c[axis] === value && c.n);
  const dms = ['accept', 'reject', 'none'].filter(v => there('dm', v)), labels = ['accept', 'reject', 'none'].filter(v => there('label', v));
  head.replaceChildren(); body.replaceChildren();
  const line = make('tr', '', head); make('td', '', line);
  for (const dm of dms) make('th', '', line, {accept: 'DM accepts', reject: 'DM rejects', none: 'not scored'}[dm]).scope = 'col';
  for (const label of labels) {
    const tr = make('tr', '', body); make('th', '', tr, {accept: 'label right', reject: 'label wrong', none: 'no label'}[label]).scope = 'row';
    for (const dm of dms) {
      const td = make('td', '', tr), n = sum(cells, c => c.dm === dm && c.label === label), meaning = MEANING[dm + '/' + label] || '';
      const here = where.judged === dm && where.automatic === label, b = press(td, '', '', () => refine({judged: here && !where.human ? null : dm, automatic: here && !where.human ? null : label, human: null}), 'd-cell');
      b.dataset.kind = n && {'DM too trusting': 'trusting', 'DM too strict': 'strict'}[meaning] || 'agree'; b.setAttribute('aria-pressed', here && !where.human);
      make('b', '', b, count(n)); make('small', '', b, (meaning ? meaning.replace('DM ', '') + ' · ' : '') + percent(n / all));
      const said = make('div', 'd-said', td);
      for (const people of ['accept', 'reject']) {
        const k = sum(cells, c => c.dm === dm && c.label === label && c.people === people); if (!k) continue;
        const inner = press(said, '', (people === 'accept' ? '✓ ' : '✕ ') + count(k), () => refine({judged: dm, automatic: label, human: people}), '');
        inner.dataset.against = label !== 'none' && people !== label ? 'yes' : 'no'; inner.setAttribute('aria-pressed', here && where.human === people);
        inner.title = 'People ' + people + ' ' + count(k) + ' of them'; inner.setAttribute('aria-label', inner.title);
      }
    }
  }
  $('.d-map .d-people').textContent = (survey.map.exact ? '' : 'Counted among the first ' + count(survey.map.of) + '. ') + (dms.length === 1 && dms[0] === 'none' ? 'Score them with: python -m drr score' : '✓ and ✕ inside a cell: what people said.');
}

// --- plots: plain SVG in units of pixels, redrawn with the width -----------------------------------------------------
function drawPlots() {
  if (!survey || options.blind) return;
  const {scores, reliability, tokens, of, exact} = survey.plots;
  for (const span of $$('.d-plot figcaption span')) span.textContent = exact ? '' : 'of the first ' + count(of);
  plot('scores', (svg, w) => mirrored(svg, w, scores, {cut: about.threshold, from: 'score_min', to: 'score_max', unit: 'DM score', label: v => v === 0 || v === 1 ? String(v) : two(v)}));
  plot('tokens', (svg, w) => mirrored(svg, w, tokens, {from: 'tokens_min', to: 'tokens_max', unit: 'tokens', whole: true, label: v => count(v)}));
  plot('reliability', (svg, w) => honest(svg, w, reliability));
}
const HEIGHT = 164, EDGE = 18;
function plot(name, fill) {
  const figure = $('.d-plot[data-plot=' + name + ']'), svg = figure.querySelector('svg'), width = Math.round(figure.clientWidth - 34);
  if (width < 40) return;
  svg.replaceChildren(); svg.setAttribute('viewBox', '0 0 ' + width + ' ' + HEIGHT); svg.setAttribute('height', HEIGHT);
  fill(svg, width);
}
function mirrored(svg, width, bins, {cut, from, to, unit, label, whole}) {   // accept above the line, reject below
  const most = Math.max(1, ...bins.map(b => Math.max(b.accept, b.reject))), middle = HEIGHT / 2 - 2, tall = middle - 17, step = width / Math.max(1, bins.length);
  draw('text', {x: cut == null ? width / 2 : 0, y: 9, 'text-anchor': cut == null ? 'middle' : 'start'}, svg, '▲ accept'); draw('text', {x: width / 2, y: HEIGHT - 3, 'text-anchor': 'middle'}, svg, '▼ reject');
  bins.forEach((b, i) => {
    const x = i * step + 1, wide = Math.max(1, step - 2), up = tall * b.accept / most, down = tall * b.reject / most;
    draw('rect', {class: 'right', x, width: wide, y: middle - up, height: up, rx: 1.5}, svg); draw('rect', {class: 'wrong', x, width: wide, y: middle, height: down, rx: 1.5}, svg);
  });
  draw('line', {class: 'axis', x1: 0, x2: width, y1: middle, y2: middle}, svg);
  if (cut != null) { draw('line', {class: 'cut', x1: cut * width, x2: cut * width, y1: 2, y2: HEIGHT - 26}, svg); draw('text', {class: 'cutName', x: cut * width - 4, y: 9, 'text-anchor': 'end'}, svg, 'accept from ' + two(cut)); }
  if (bins.length) { draw('text', {x: 0, y: HEIGHT - 3}, svg, label(bins[0].low)); draw('text', {x: width, y: HEIGHT - 3, 'text-anchor': 'end'}, svg, label(bins.at(-1).high) + (whole ? ' tokens' : '')); }
  else draw('text', {x: width / 2, y: HEIGHT / 2 - 10, 'text-anchor': 'middle'}, svg, 'none');
  bins.forEach((b, i) => {
    const hit = draw('rect', {class: 'hit', x: i * step, width: step, y: 0, height: HEIGHT - 16}, svg);
    draw('title', {}, hit, unit + ' ' + label(b.low) + ' to ' + label(b.high) + ': ' + count(b.accept) + ' accept, ' + count(b.reject) + ' reject');
    hit.onclick = () => refine({[from]: b.low, [to]: whole ? b.high - 1 : b.high});
  });
  svg.setAttribute('aria-label', bins.length ? unit + ': ' + bins.filter(b => b.accept + b.reject).map(b => label(b.low) + ' to ' + label(b.high) + ' ' + b.accept + ' accept and ' + b.reject + ' reject').join('; ') : 'No ' + unit);
}
function honest(svg, width, bins) {                   // on the diagonal, a score of 0.7 is right 7 times in 10
  const size = HEIGHT - EDGE - 6, x = v => EDGE + 4 + v * (width - EDGE - 8), y = v => 4 + size * (1 - v), seen = bins.filter(b => b.count), most = Math.max(1, ...seen.map(b => b.count));
  draw('line', {class: 'axis', x1: x(0), x2: x(1), y1: y(0), y2: y(0)}, svg); draw('line', {class: 'axis', x1: x(0), x2: x(0), y1: y(0), y2: y(1)}, svg);
  draw('line', {class: 'ideal', x1: x(0), x2: x(1), y1: y(0), y2: y(1)}, svg);
  for (const v of [0, .5, 1]) { draw('text', {x: x(v), y: HEIGHT - 3, 'text-anchor': v ? v === 1 ? 'end' : 'middle' : 'start'}, svg, v === .5 ? 'score' : v); draw('text', {x: x(0) - 5, y: y(v) + 4, 'text-anchor': 'end'}, svg, v); }
  if (seen.length) draw('path', {class: 'curve', d: seen.map((b, i) => (i ? 'L' : 'M') + x(b.mean_score).toFixed(1) + ' ' + y(b.share_accept).toFixed(1)).join('')}, svg);
  for (const b of seen) { const dot = draw('circle', {class: 'point', cx: x(b.mean_score), cy: y(b.share_accept), r: 2.5 + 4 * Math.sqrt(b.count / most)}, svg); draw('title', {}, dot, 'Scored about ' + two(b.mean_score) + ': ' + percent(b.share_accept) + ' right, of ' + count(b.count)); }
  if (!seen.length) draw('text', {x: x(.5), y: y(.5), 'text-anchor': 'middle'}, svg, 'no scores');
  svg.setAttribute('aria-label', seen.length ? 'Reliability: ' + seen.map(b => 'scored ' + two(b.mean_score) + ', ' + percent(b.share_accept) + ' right').join('; ') : 'No scores');
}
let drawnWidth = 0;
new ResizeObserver(() => { const width = Math.round($('.d-over').clientWidth); if (width && width !== drawnWidth) { drawnWidth = width; drawPlots(); } }).observe($('.d-over'));
