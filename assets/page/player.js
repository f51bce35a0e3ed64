'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const by = id => document.getElementById(id);
const SVG = 'http://www.w3.org/2000/svg';
const AXES = [['x', 'left', 'right', 'width', 'scrollLeft'], ['y', 'top', 'bottom', 'height', 'scrollTop']];
const stage = by('stage'), program = document.querySelector('aside');
const groups = [];
for (const layer of ['edges', 'cards']) {
  for (const [name, line] of Object.entries(data[layer])) {
    const group = document.createElementNS(SVG, 'g');
    group.id = name;
    if (layer === 'cards') group.setAttribute('role', 'img');
    by(layer).append(group);
    groups.push({ group, line, tips: data.tips[name] ?? [], shown: -1 });
  }
}
const items = [...document.querySelectorAll('ol li')];
const last = data.positions.length - 1;
let position = 0, timer = null, chosen = null;

function lookAt(line, at) {
  let look = -1;
  for (let i = 0; i < line.length && line[i] <= at; i += 2) look = line[i + 1];
  return look;
}

function show(at) {
  position = Math.max(0, Math.min(last, at));
  for (const entry of groups) {
    const look = lookAt(entry.line, position);
    if (look === entry.shown) continue;
    entry.shown = look;
    const [attributes, inside] = look < 0 ? ['', ''] : data.looks[look];
    for (const name of ['transform', 'opacity']) entry.group.removeAttribute(name);
    for (const [, name, value] of attributes.matchAll(/(\w+)="([^"]*)"/g)) entry.group.setAttribute(name, value);
    entry.group.innerHTML = inside;
    const tip = lookAt(entry.tips, position);
    if (tip < 0 || look < 0) entry.group.removeAttribute('aria-label');
    else entry.group.setAttribute('aria-label', data.texts[tip].replaceAll('\n', ', '));
  }
  items.forEach((item, index) => {
    const here = index + 1 === data.lines[position];
    item.classList.toggle('here', here);
    if (here) item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
    if (here) keepIn(item, program, 'y');
  });
  by('printed').textContent = data.prints.filter(([from]) => from <= position).map(([, text]) => text).join('');
  by('words').replaceChildren(...said(data.words[position]));
  by('slider').value = position;
  by('slider').setAttribute('aria-valuetext', data.words[position].replaceAll('`', ''));
  by('where').textContent = data.positions[position] + ' / ' + data.positions[last];
  const active = data.active[position] && by(data.active[position]);
  if (active && stage.classList.contains('large')) keepIn(active, stage);
  if (chosen && !chosen.firstChild) choose(null);
  if (chosen) choose(chosen);
}

// Scroll `box`, and nothing around it, until `part` is seen; `axes`: in which directions.
function keepIn(part, box, axes = 'xy') {
  const inner = part.getBoundingClientRect(), outer = box.getBoundingClientRect();
  for (const [axis, from, to, size, scroll] of AXES) {
    if (!axes.includes(axis)) continue;
    if (inner[from] < outer[from] + 24 || inner[to] > outer[to] - 24) {
      box[scroll] += inner[from] - outer[from] - (outer[size] - inner[size]) / 2;
    }
  }
}

function said(words) {
  return words.split('`').map((piece, index) => {
    if (index % 2 === 0) return piece;
    const code = document.createElement('code');
    code.textContent = piece;
    return code;
  });
}

// The lines of a card stand out, and it tells its value and its gradient.
function point(card) {
  const node = card ? card.id.match(/^n(-?\d+)/)[1] : null;
  by('edges').classList.toggle('pointed', card !== null);
  for (const edge of by('edges').children) {
    const [, from, to] = edge.id.match(/^[eg](-?\d+)-(-?\d+)-/);
    edge.classList.toggle('near', from === node || to === node);
  }
  const tip = by('tip'), index = card ? lookAt(data.tips[card.id] ?? [], position) : -1;
  tip.hidden = index < 0;
  if (index < 0) return;
  tip.replaceChildren(...data.texts[index].split('\n').flatMap((line, at) => {
    const part = document.createElement(at ? 'span' : 'b');
    part.className = at === 1 ? 'kind' : line.startsWith('grad ') ? 'grad' : '';
    part.textContent = (at ? '\n' : '') + line;
    return [part];
  }));
  const place = card.getBoundingClientRect(), box = tip.getBoundingClientRect();
  const below = place.bottom + 8 + box.height < innerHeight ? place.bottom + 8 : Math.max(4, place.top - box.height - 8);
  tip.style.left = Math.max(4, Math.min(place.left, innerWidth - box.width - 4)) + 'px';
  tip.style.top = below + 'px';
}

function choose(card) {
  if (chosen) chosen.classList.remove('chosen');
  chosen = card;
  if (card) {
    card.classList.add('chosen');
    keepIn(card, stage);
  }
  point(card);
}

// Up and down go from card to card, in the order they ran.
function walk(by) {
  const cards = groups.map(entry => entry.group).filter(group => group.id[0] === 'n' && group.firstChild);
  if (cards.length) choose(cards[(chosen ? cards.indexOf(chosen) + by + cards.length : by > 0 ? 0 : cards.length - 1) % cards.length]);
}

function icon(name) {
  by('play').innerHTML = by(name + 'Icon').innerHTML;
}

function stop() {
  clearInterval(timer);
  timer = null;
  icon('play');
}

function play() {
  if (timer) return stop();
  if (position === last) show(0);
  icon('pause');
  timer = setInterval(() => position < last ? show(position + 1) : stop(), 700);
}

function turnLights() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
}

function zoom() {
  stage.classList.toggle('large');
  const active = chosen ?? (data.active[position] && by(data.active[position]));
  if (active && stage.classList.contains('large')) keepIn(active, stage);
}

const actions = {
  first: () => { stop(); show(0); },
  back: () => { stop(); show(position - 1); },
  play,
  next: () => { stop(); show(position + 1); },
  end: () => { stop(); show(last); },
  zoom,
  theme: turnLights,
};
for (const [name, action] of Object.entries(actions)) by(name).addEventListener('click', action);
const keys = { Home: 'first', ArrowLeft: 'back', ' ': 'play', ArrowRight: 'next', End: 'end', f: 'zoom', t: 'theme' };
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === ' ' && event.target instanceof HTMLButtonElement) return;
  const name = keys[event.key];
  if (name && !by(name).hidden) actions[name]();
  else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') walk(event.key === 'ArrowDown' ? 1 : -1);
  else if (event.key === 'Escape' && chosen) choose(null);
  else return;
  event.preventDefault();
});
const cardOf = event => event.target.closest('#cards > g');
by('cards').addEventListener('pointerover', event => { if (event.pointerType !== 'touch') point(cardOf(event)); });
by('cards').addEventListener('pointerleave', event => { if (event.pointerType !== 'touch') point(chosen); });
stage.addEventListener('click', event => choose(cardOf(event) === chosen ? null : cardOf(event)));
for (const [box, what] of [[stage, 'scroll'], [window, 'resize']]) box.addEventListener(what, () => { if (chosen) point(chosen); });
by('slider').max = last;
by('slider').addEventListener('input', event => { stop(); show(Number(event.target.value)); });
const fromAddress = () => /^#\d+$/.test(location.hash) ? Number(location.hash.slice(1)) : data.start;
window.addEventListener('hashchange', () => { stop(); show(fromAddress()); });
const [, , across] = document.querySelector('main svg').getAttribute('viewBox').split(' ').map(Number);
if (stage.clientWidth < 0.4 * across) stage.classList.add('large');
show(fromAddress());
