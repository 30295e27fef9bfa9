// What another threshold, other attempts or another fallback would have decided: drr/policies.py and ui/render.py over the
// stored attempts, again, with no model and no server. Pure: `redecide(page value, wish)` is the page value after `wish`
// (threshold, k, fallback: those that differ from v.rule). A browser test holds it equal to drr.replay.
const TITLES = {think_again: 'Think again', stop: 'Stop', abstain: 'Give up', reject_step: 'Step rejected'};
const LAST_RESORT = {abstain: 'abstain', best: 'fall back on the best score', majority: 'fall back on the majority', weighted: 'fall back on the score-weighted majority'};
const CHOSEN_BY = {majority: 'This is what most of them say.', weighted: 'This is what most of them say, weighted by score.'};
const DOUBTFUL = .4;
const lowest = a => a.score ?? -Infinity;

function fixed(value, digits) {                       // as Python writes it: an exact tie goes to the even digit
  const twice = value * 2 ** (digits + 1);
  if (!Number.isInteger(twice) || twice % 2 === 0) return value.toFixed(digits);
  const below = (twice * 5 ** digits - 1) / 2;
  return ((below % 2 ? below + 1 : below) / 10 ** digits).toFixed(digits);
}
function apart(value, limit) {                        // as many decimals as the limit has, and as it takes to tell them apart
  let digits = 2;
  while (digits < 6 && (Number(fixed(limit, digits)) !== limit || (value !== limit && fixed(value, digits) === fixed(limit, digits)))) digits++;
  return [fixed(value, digits), fixed(limit, digits)];
}
const exactly = limit => apart(limit, limit)[1];      // a threshold
const numberOf = (score, accept) => accept == null ? fixed(score, 2) : apart(score, accept)[0];
function percent(score) {                             // rounded half to even, as in Python; never 0 or 100
  const x = 100 * score, near = Math.round(x);
  return Math.min(99, Math.max(1, near - x === .5 && near % 2 ? near - 1 : near)) + ' %';
}
const bandOf = (score, accept) => score >= accept ? 'high' : score < DOUBTFUL ? 'low' : 'mid';
const accepts = (a, rule) => a.answer !== null && a.score !== null && a.score >= rule.threshold;

function weigh(attempts, rule) {
  const last = attempts.at(-1), answered = attempts.filter(a => a.answer !== null);
  if (accepts(last, rule)) { const [score, limit] = apart(last.score, rule.threshold); return ['stop', `score ${score} at or over ${limit}`]; }
  if (rule.hopeless !== null && answered.length) {
    const best = Math.max(...answered.map(lowest));
    if (-Infinity < best && best < rule.hopeless) { const [score, limit] = apart(best, rule.hopeless); return ['abstain', `score ${score} under ${limit}: hopeless, give up`]; }
  }
  if (attempts.length >= rule.k) {
    const ended = `${attempts.length} attempt${attempts.length === 1 ? '' : 's'} used up`;
    if (!answered.length) return ['abstain', `${ended} and no answer: abstain`];
    return [rule.fallback === 'abstain' ? 'abstain' : 'stop', `${ended}: ${LAST_RESORT[rule.fallback]}`];
  }
  if (last.answer === null) return ['think_again', 'no answer'];
  if (last.score === null) return ['think_again', 'no score'];
  const [score, limit] = apart(last.score, rule.threshold);
  return ['think_again', `score ${score} under ${limit}`];
}
function choose(attempts, how) {                      // the attempt whose answer is given, and the score it is given with
  const answered = attempts.filter(a => a.answer !== null);
  if (how === 'best') { const best = answered.reduce((top, a) => lowest(a) > lowest(top) ? a : top); return [best, best.score]; }
  const votes = new Map();
  for (const a of answered) votes.set(a.vote, (votes.get(a.vote) ?? 0) + (how === 'weighted' ? a.score ?? 0 : 1));
  const most = Math.max(...votes.values()), winner = [...votes.keys()].find(vote => votes.get(vote) === most);
  const voters = answered.filter(a => a.vote === winner), scores = voters.map(a => a.score).filter(score => score !== null);
  return [voters[0], scores.length ? Math.max(...scores) : null];
}
function refused(used, words) {                       // why none was accepted
  const [none, one] = used.every(a => a.answer === null) ? [`None of the ${used.length} attempts came to an answer.`, 'The attempt came to no answer.']
    : !scored(used) ? [`None of the ${used.length} attempts has a score to go by.`, 'The attempt has no score to go by.']
    : [words.none.replace('{}', used.length), words.one];
  return used.length > 1 ? none : one;
}
const scored = used => used.some(a => a.answer !== null && a.score !== null);
const chosenBy = (used, how, words) => how !== 'majority' && !scored(used) ? 'This is its first answer.' : how === 'best' ? words.best : CHOSEN_BY[how];
function outcomeOf(used, action, reason, rule, unanswered, words) {   // `words`: what its scores are called, of ui/render.py
  const last = used.at(-1), why = `Why it stopped: ${reason}.`;
  const answered = (kind, a, score, lead) => ({kind, answer: a.answer, lead, why, grade: a.graded[0], graded: a.graded[1], score});
  if (action === 'think_again')
    return {kind: 'unknown', answer: 'Not known', lead: 'It would have thought again: not generated.', why: `Why: ${reason}.`, grade: '', graded: '', score: null};
  if (action === 'abstain')
    return {kind: 'abstained', answer: 'I don’t know', lead: refused(used, words), why,
      grade: unanswered[0], graded: unanswered[1], score: null};
  if (accepts(last, rule)) return answered('accepted', last, last.score, words.accepted.replace('{}', percent(last.score)));
  const [chosen, score] = choose(used, rule.fallback);
  return answered('fallback', chosen, score, `${refused(used, words)} ${chosenBy(used, rule.fallback, words)}`);
}
function redecide(v, wish) {
  const rule = {...v.rule, ...wish}, used = [], decisions = v.decisions.filter(d => d.action === 'reject_step');
  let action = 'think_again', reason = '';
  for (const a of v.stored.attempts) {
    const attempt = used.push(a) - 1;
    [action, reason] = weigh(used, rule);
    decisions.push({attempt, step: Math.max(0, v.attempts[attempt].steps.length - 1), action, title: TITLES[action], reason: reason[0].toUpperCase() + reason.slice(1)});
    if (action !== 'think_again') break;
  }
  const {score, ...outcome} = outcomeOf(used, action, reason, rule, v.stored.unanswered, v.words);
  const rank = d => 2 * d.attempt + (d.action !== 'reject_step');
  const attempts = v.attempts.map((a, i) => {
    const judged = i < used.length, sure = judged && accepts(used[i], rule);
    return {...a, verdict: !judged ? 'past' : sure ? 'accept' : 'reject', word: !judged ? 'Past the stop' : sure ? 'Accepted' : 'Rejected',
      steps: a.steps.map(s => { const band = s.score === null ? null : bandOf(s.score, rule.threshold); return {...s, band, word: band ? v.words[band] : ''}; })};
  });
  const spent = used.reduce((sum, a) => sum + a.tokens, 0), all = v.attempts.reduce((sum, a) => sum + a.steps.reduce((t, s) => t + s.tokens, 0), 0);
  const seen = attempts.slice(0, used.length).flatMap(a => a.steps).map(s => s.score).filter(s => s !== null), shown = score ?? seen.at(-1);
  const number = n => n.toLocaleString('en-US');
  return {...v, accept: rule.threshold, rule, used: used.length, attempts, decisions: decisions.sort((a, b) => rank(a) - rank(b)), outcome,
    facts: {score: shown == null ? '–' : numberOf(shown, rule.threshold), attempts: `${used.length} of ${rule.k}`, tokens: number(spent) + (spent < all ? ' of ' + number(all) : ''), seconds: '–'},
    unknown: action === 'think_again', spent};
}
