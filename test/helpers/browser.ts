import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { tempDirectory } from './temp-directory.ts';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** A page in a real browser, and everything that it asked for and complained of. */
export interface BrowserPage {
  /** Addresses of all requests. */
  readonly requests: string[];
  /** Errors and warnings of the console, exceptions, dialogs. */
  readonly complaints: string[];
  /** The value of an expression in the page. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** Waits until an expression is true in the page. */
  readonly has: (expression: string) => Promise<void>;
  readonly resize: (width: number, height: number) => Promise<void>;
  /** The whole page, as long as it is. */
  readonly screenshot: (path: string) => Promise<void>;
}

/** What somebody types where the browser asks for it. */
interface Login {
  readonly username: string;
  readonly password: string;
}

const patienceMs = 20_000;

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
  '--hide-scrollbars',
  '--remote-debugging-port=0',
];

/** Starts Chromium; resolves to the address of its debugger. */
async function startChromium(context: TestContext): Promise<string> {
  let chromium: ChildProcess | undefined;
  // Registered before the directory's own end, and so run before it: nobody writes there any more.
  context.after(async () => {
    if (chromium?.pid === undefined || chromium.exitCode !== null) return;
    const gone = once(chromium, 'exit');
    process.kill(-chromium.pid, 'SIGKILL');
    await gone;
  });
  const directory = tempDirectory(context);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // A group of its own: the browser is many processes.
  chromium = spawn('chromium', [...flags, `--user-data-dir=${directory}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  chromium.on('exit', () => reject(new Error('chromium ended before it could be spoken to')));
  createInterface(chromium.stderr!).on('line', (line) => {
    const [, address] = /^DevTools listening on (ws:\S+)$/.exec(line) ?? [];
    if (address !== undefined) resolve(address);
  });
  return promise;
}

/** The Chrome DevTools Protocol, as much of it as one page takes. */
class Debugger {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #lastId = 0;
  session: string | undefined;

  private constructor(socket: WebSocket, onEvent: (method: string, params: object) => void) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const message: Message = JSON.parse(String(data));
      if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
      else if (message.method !== undefined) onEvent(message.method, message.params ?? {});
    });
  }

  static async connect(
    address: string,
    onEvent: (method: string, params: object) => void,
  ): Promise<Debugger> {
    const socket = new WebSocket(address);
    await once(socket, 'open');
    return new Debugger(socket, onEvent);
  }

  async send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    this.#lastId += 1;
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#waiting.set(this.#lastId, resolve);
    const session = this.session === undefined ? {} : { sessionId: this.session };
    this.#socket.send(JSON.stringify({ id: this.#lastId, method, params, ...session }));
    const { result, error } = await promise;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }
}

/** Lets all requests through, and answers the browser's question for name and password. */
function logIn(browser: Debugger, login: Login, method: string, params: object): void {
  const { requestId }: { readonly requestId?: string } = params;
  const authChallengeResponse = { response: 'ProvideCredentials', ...login };
  if (method === 'Fetch.requestPaused') void browser.send('Fetch.continueRequest', { requestId });
  if (method === 'Fetch.authRequired')
    void browser.send('Fetch.continueWithAuth', { requestId, authChallengeResponse });
}

/** Opens an address in a fresh browser. */
export async function openPage(
  context: TestContext,
  url: string,
  [width, height]: readonly [number, number],
  login?: Login,
): Promise<BrowserPage> {
  const requests: string[] = [];
  const complaints: string[] = [];
  const onEvent = (method: string, params: object): void => {
    const text = JSON.stringify(params);
    if (login !== undefined) logIn(browser, login, method, params);
    if (method === 'Network.requestWillBeSent') {
      requests.push(/"url":"([^"]*)"/.exec(text)?.[1] ?? text);
    } else if (
      method === 'Runtime.exceptionThrown' ||
      method === 'Log.entryAdded' ||
      method === 'Page.javascriptDialogOpening' ||
      (method === 'Runtime.consoleAPICalled' && /"type":"(?:error|warning|assert)"/.test(text))
    ) {
      complaints.push(`${method} ${text}`);
    }
  };
  const browser = await Debugger.connect(await startChromium(context), onEvent);
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
  const attached = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  browser.session = String(attached['sessionId']);
  for (const domain of ['Page', 'Runtime', 'Log', 'Network'])
    await browser.send(`${domain}.enable`);
  if (login !== undefined) await browser.send('Fetch.enable', { handleAuthRequests: true });

  const evaluate = async (expression: string): Promise<unknown> => {
    // By way of JSON: the protocol has its own words for what JSON cannot say.
    const wrapped = `JSON.stringify(${expression}) ?? 'null'`;
    const answer = await browser.send('Runtime.evaluate', { expression: wrapped });
    const { value } = Object(answer['result']);
    if (typeof value !== 'string') throw new Error(`${expression}: ${JSON.stringify(answer)}`);
    return JSON.parse(value);
  };
  const page: BrowserPage = {
    requests,
    complaints,
    evaluate,
    async has(expression) {
      const end = performance.now() + patienceMs;
      while ((await evaluate(expression)) !== true) {
        if (performance.now() > end) throw new Error(`not within ${patienceMs} ms: ${expression}`);
        await setTimeout(20);
      }
    },
    async resize(to, high) {
      const metrics = { width: to, height: high, deviceScaleFactor: 1, mobile: to < 500 };
      await browser.send('Emulation.setDeviceMetricsOverride', metrics);
    },
    async screenshot(path) {
      const options = { format: 'png', captureBeyondViewport: true };
      const { data } = await browser.send('Page.captureScreenshot', options);
      writeFileSync(path, Buffer.from(String(data), 'base64'));
    },
  };
  await page.resize(width, height);
  await browser.send('Page.navigate', { url });
  return page;
}
