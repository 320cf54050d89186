// The status page: reads the REST API, and again whenever the event stream says that something
// has happened. Text from outside is only ever set as text. All addresses are relative, so that
// the page also works under a path of a reverse proxy.

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
  passive: [4, 'idle'],
  active: [5, 'good'],
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

const stateOf = (state) => element('span', state, `state ${ranks[state][1]}`);
/** One that flaps is no better than one that carries half. */
const rankOf = ({ state, flapping }) => Math.min(ranks[state][0], flapping ? ranks.partial[0] : 9);
const worstFirst = (a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name);
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

/** Where the page was opened with a password in its address, browsers refuse what is relative to it. */
function addressOf(path) {
  return new URL(path, location.origin + location.pathname);
}

async function get(path) {
  const response = await fetch(addressOf(path));
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

/** A cell; on a telephone, where the table's head has no room, it bears its column's name. */
function cell(column, ...contents) {
  const node = element('td');
  node.dataset.column = column;
  node.append(...contents);
  return node;
}

function tunnelRow(tunnel) {
  const { children, traffic } = tunnel;
  const row = element('tr');
  const name = element('th', tunnel.name);
  name.scope = 'row';
  row.append(
    name,
    cell(
      'State',
      stateOf(tunnel.state),
      tunnel.flapping ? ' (flapping)' : '',
      tunnel.removedAt === null ? '' : ' (no longer configured)',
    ),
    cell('Since', time(tunnel.since)),
    cell('Cause', tunnel.cause),
    cell('Children', `${children.installed} / ${children.expected}`),
    cell('In / out', `${bytes(traffic.bytesIn)} / ${bytes(traffic.bytesOut)}`),
    cell('Interface', tunnel.interface ?? '–'),
  );
  return row;
}

const placeOf = ({ source, line }) => [source, line].filter((part) => part !== null).join(':');

function evidenceItem(evidence) {
  const item = element('li');
  item.append(element('code', `${placeOf(evidence)} ${evidence.text}`));
  return item;
}

function causeItem({ code, confidence, from, cause, check, remedies, evidence }) {
  const item = element('li');
  const steps = element('ol');
  steps.append(...remedies.map((remedy) => element('li', remedy)));
  const pieces = element('ul');
  pieces.append(...evidence.map(evidenceItem));
  const details = element('details');
  details.append(element('summary', `${code}, ${confidence}, ${time(from)}`), pieces);
  item.append(
    element('strong', cause),
    ...(check === null ? [] : [element('p', check)]),
    steps,
    details,
  );
  return item;
}

/** What is wrong with one tunnel now; nothing where no cause is known. */
function diagnosisCard({ tunnel, state, language, diagnoses }) {
  const present = diagnoses.filter(({ until }) => until === null);
  if (present.length === 0) return [];
  const card = element('article', undefined, 'card');
  const title = element('h3', `${tunnel}: `);
  title.append(stateOf(state));
  const causes = element('ol');
  causes.lang = language;
  causes.append(...present.map(causeItem));
  card.append(title, causes);
  return [card];
}

/** A tunnel that is forgotten meanwhile has nothing to say. */
async function diagnosisOf({ name }) {
  const path = `api/v1/tunnels/${encodeURIComponent(name)}/diagnosis?lang=${byId('language').value}`;
  return get(path).then(diagnosisCard, () => []);
}

function findingItem({ subjects, detail, problem, remedy }) {
  const item = element('li');
  const shown = subjects.length > 5 ? [...subjects.slice(0, 5), '…'] : subjects;
  item.append(element('strong', shown.join(', ')), `: ${problem} ${remedy} `);
  item.append(element('code', detail));
  return item;
}

function eventItem({ time: at, kind, subject, from, to, code, cause, evidence }) {
  const move = [from, to].filter((state) => state !== null).join(' → ');
  const what = [move, code].filter((part) => part !== null && part !== '').join(', ');
  const because = cause === null ? '' : ` (${cause})`;
  const item = element('li');
  item.append(element('time', time(at), 'idle'), ` ${kind} ${subject}: ${what}${because}`);
  if (evidence !== null) {
    item.append(element('code', ` ${placeOf(evidence)} ${evidence.text}`));
  }
  return item;
}

/** What the daemon cannot see, and so cannot know. */
function problemItems({ sources, logs, store }) {
  const failing = [
    ...sources.filter(({ problem }) => problem !== null).map((one) => [one.name, one.problem]),
    ...(store.up ? [] : [['store', 'the history cannot be written']]),
    // A file that never came may just not be of this host; unless none of them did.
    ...(logs.every(({ problem }) => problem !== null)
      ? logs.map((one) => [one.path, one.problem])
      : []),
  ];
  return failing.map(([name, problem]) => element('li', `${name}: ${problem}`));
}

/** Which one of a pair of hosts this is; nothing where it is not one of a pair. */
function haText({ role, since, addresses }) {
  if (role === null) return [];
  return [
    'This host is ',
    stateOf(role),
    ` of its pair (${addresses.join(', ')}), since ${time(since)}`,
  ];
}

async function refresh() {
  const [groups, tunnels, events, sources, ha, findings] = await Promise.all([
    all('api/v1/groups'),
    all('api/v1/tunnels'),
    get('api/v1/events?limit=20'),
    get('api/v1/sources'),
    get('api/v1/ha'),
    get(`api/v1/findings?lang=${byId('language').value}`),
  ]);
  const ailing = tunnels.filter(
    ({ state, flapping }) => flapping || (state !== 'up' && state !== 'disabled'),
  );
  const cards = await Promise.all(ailing.toSorted(worstFirst).map(diagnosisOf));
  byId('diagnoses').replaceChildren(...cards.flat());
  byId('findings-section').hidden = findings.items.length === 0;
  byId('findings').lang = byId('language').value;
  byId('findings').replaceChildren(...findings.items.map(findingItem));
  byId('ha').replaceChildren(...haText(ha));
  byId('problems').replaceChildren(...problemItems(sources));
  byId('groups').replaceChildren(...groups.toSorted(worstFirst).map(groupCard));
  byId('tunnels').replaceChildren(...tunnels.toSorted(worstFirst).map(tunnelRow));
  byId('events').replaceChildren(...events.items.map(eventItem));
  const right = tunnels.filter(({ state }) => ['up', 'standby', 'disabled'].includes(state));
  say(`${right.length} of ${tunnels.length} tunnels as they should be`);
  byId('freshness').textContent = `as of ${new Date().toLocaleTimeString()}`;
}

/** A screen reader reads this out whenever it changes, and only then. */
function say(text) {
  if (byId('summary').textContent !== text) byId('summary').textContent = text;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One refresh at a time, a second between two, and one more when something happened meanwhile. */
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
      say(`The daemon does not answer (${error.message}); trying again.`);
    }
    await pause(1000);
  }
  running = false;
}

const language = byId('language');
language.value = navigator.language.startsWith('ja') ? 'ja' : 'en';
language.addEventListener('change', () => void refreshSoon());

const stream = new EventSource(addressOf('api/v1/events/stream'));
for (const kind of ['tunnel', 'group', 'interface', 'gateway', 'daemon', 'ha', 'event']) {
  stream.addEventListener(kind, () => void refreshSoon());
}
stream.addEventListener('open', () => void refreshSoon());
// Traffic grows without an event, and a stream may be refused where too many are open.
setInterval(() => void refreshSoon(), 15_000);
void refreshSoon();
