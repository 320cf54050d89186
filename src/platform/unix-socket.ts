import { connect } from 'node:net';

/** A connection to a socket of this host. */
export interface SocketConnection {
  /** Bytes, one character each (latin1). */
  send(bytes: string): void;
  close(): void;
}

export interface SocketListener {
  onOpen(): void;
  /** Bytes as they come, one character each; after each call the event loop has a turn. */
  onData(bytes: string): void;
  /** Called once, when it ends by itself or cannot be made. */
  onEnd(ending: SocketEnding): void;
}

export interface SocketEnding {
  /** `missing`: there is no such socket; `refused`: nobody listens there. */
  readonly reason: 'missing' | 'refused' | 'denied' | 'ended';
  /** A sentence for the operator. */
  readonly detail: string;
}

/** Connects to the Unix socket of a path. */
export type ConnectSocket = (path: string, listener: SocketListener) => SocketConnection;

const reasons: Readonly<Record<string, Exclude<SocketEnding['reason'], 'ended'>>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  ECONNREFUSED: 'refused',
  EACCES: 'denied',
  EPERM: 'denied',
};

const sentences = {
  missing: 'does not exist',
  refused: 'is there, but nobody listens',
  denied: 'may not be opened by this user',
};

function endingOf(path: string, error: NodeJS.ErrnoException): SocketEnding {
  const reason = reasons[error.code ?? ''];
  return reason === undefined
    ? { reason: 'ended', detail: `${path}: ${error.message}` }
    : { reason, detail: `${path} ${sentences[reason]}` };
}

export const connectSocket: ConnectSocket = (path, listener) => {
  let closed = false;
  let turn: NodeJS.Immediate | undefined;
  const end = (ending: SocketEnding): void => {
    if (closed) return;
    closed = true;
    clearImmediate(turn);
    socket.destroy();
    listener.onEnd(ending);
  };
  const socket = connect(path)
    .setEncoding('latin1')
    .on('connect', () => listener.onOpen())
    .on('data', (chunk: string) => {
      // One read a turn: a peer that has much to say must not keep everybody else waiting.
      socket.pause();
      listener.onData(chunk);
      turn = setImmediate(() => socket.resume());
    })
    .on('error', (error) => end(endingOf(path, error)))
    .on('close', () => end({ reason: 'ended', detail: `${path} was closed by the other side` }));
  return {
    send(bytes) {
      if (!closed) socket.write(bytes, 'latin1');
    },
    close() {
      closed = true;
      clearImmediate(turn);
      socket.destroy();
    },
  };
};
