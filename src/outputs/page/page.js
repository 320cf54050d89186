// The status page: reads the REST API, and again whenever the event stream says that something
// has happened. Text from outside is only ever set as text.

/** How bad a state is, worst first, and how it is shown. */
const ranks = {
  down: [0, 'bad'],
  conflict: [0, 'bad'],
  connecting: [1, 'bad'],
  phase1: [1, 'bad'],
  switching: [1, 'bad'],
  unknown: [2, 'warn'],
  failed_over: [2, 'warn'],
  orphaned: [3, 'warn'],
  stalled: [3, 'warn'],
  partial: [3, 'warn'],
  standby: [4, 'idle'],
  up: [5, 'good'],
  primary: [5, 'good'],
  disabled: [6, 'idle'],
};

const byId = (id) => document.getElementById(id);

function element(name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className !== undefined) node.className = className;
  return node;
}

const stateOf = (state) => element('span', state, `state ${ranks[state]?.[1] ?? 'idle'}`);
const worstFirst = (a, b) => ranks[a.state][0] - ranks[b.state][0] || a.name.localeCompare(b.name);
const time = (iso) => new Date(iso).toLocaleString();

function bytes(count) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let rest = count;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? rest : rest.toFixed(1)} ${units[unit]}`;
}

async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** All pages of a list. */
async function all(path) {
  const items = [];
  let cursor = '';
  do {
    const page = await get(`${path}?limit=1000${cursor}`);
    items.push(...page.items);
    cursor = page.next === null ? '' : `&cursor=${encodeURIComponent(page.next)}`;
  } while (cursor !== '');
  return items;
}

function groupCard(group) {
  const card = element('article', undefined, 'card');
  const title = element('h3', `${group.name}: `);
  title.append(stateOf(group.state));
  const members = element('ol');
  for (const member of group.members) {
    const item = element('li', `${member.name}: `);
    item.append(stateOf(member.state ?? 'unknown'));
    members.append(item);
  }
  card.append(title, element('div', `since ${time(group.since)}`, 'idle'), members);
  return card;
}

function tunnelRow(tunnel) {
  const row = element('tr');
  const name = element('th', tunnel.name);
  name.scope = 'row';
  const state = element('td');
  state.append(stateOf(tunnel.state));
  row.append(
    name,
    state,
    element('td', time(tunnel.since)),
    element('td', tunnel.cause),
    element('td', `${tunnel.children.installed} / ${tunnel.children.expected}`),
    element('td', `${bytes(tunnel.traffic.bytesIn)} / ${bytes(tunnel.traffic.bytesOut)}`),
    element('td', tunnel.interface ?? '–'),
  );
  return row;
}

function eventItem(event) {
  const what = event.code ?? `${event.from ?? ''} → ${event.to ?? ''}`;
  const item = element('li', `${time(event.time)}  ${event.kind} ${event.subject}: ${what} `);
  if (event.cause !== null) item.append(`(${event.cause}) `);
  if (event.evidence !== null) item.append(element('code', event.evidence.text));
  return item;
}

async function refresh() {
  const [groups, tunnels, events] = await Promise.all([
    all('/api/v1/groups'),
    all('/api/v1/tunnels'),
    get('/api/v1/events?limit=20'),
  ]);
  byId('groups').replaceChildren(...groups.toSorted(worstFirst).map(groupCard));
  byId('tunnels').replaceChildren(...tunnels.toSorted(worstFirst).map(tunnelRow));
  byId('events').replaceChildren(...events.items.map(eventItem));
  const right = tunnels.filter((tunnel) => ['up', 'standby', 'disabled'].includes(tunnel.state));
  byId('summary').textContent =
    `${right.length} of ${tunnels.length} tunnels as they should be · ${new Date().toLocaleTimeString()}`;
}

/** At most one refresh at a time, and one more when something happened meanwhile. */
let running = false;
let wanted = false;
async function refreshSoon() {
  wanted = true;
  if (running) return;
  running = true;
  while (wanted) {
    wanted = false;
    try {
      await refresh();
    } catch (error) {
      byId('summary').textContent = `The daemon does not answer (${error.message}); trying again.`;
    }
  }
  running = false;
}

const stream = new EventSource('/api/v1/events/stream');
for (const kind of ['tunnel', 'group', 'interface', 'gateway', 'daemon', 'event']) {
  stream.addEventListener(kind, () => void refreshSoon());
}
stream.addEventListener('open', () => void refreshSoon());
setInterval(() => void refreshSoon(), 15_000);
