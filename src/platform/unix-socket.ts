import { connect } from 'node:net';

/** A connection to a socket of this host. */
export interface SocketConnection {
  /** Bytes, one character each (latin1). */
  send(bytes: string): void;
  close(): void;
}

interface SocketListener {
  onOpen(): void;
  /** Bytes as they come, one character each; after each call the event loop has a turn. */
  onData(bytes: string): void;
  /** Called once, with a sentence, when it ends by itself or cannot be made. */
  onEnd(detail: string): void;
}

/** Connects to the Unix socket of a path. */
export type ConnectSocket = (path: string, listener: SocketListener) => SocketConnection;

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  ECONNREFUSED: 'is there, but nobody listens',
  EACCES: 'may not be opened by this user',
  EPERM: 'may not be opened by this user',
};

export const connectSocket: ConnectSocket = (path, listener) => {
  let closed = false;
  let turn: NodeJS.Immediate | undefined;
  const end = (detail: string): void => {
    if (closed) return;
    closed = true;
    clearImmediate(turn);
    socket.destroy();
    listener.onEnd(detail);
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
    .on('error', (error: NodeJS.ErrnoException) =>
      end(`${path} ${sentences[error.code ?? ''] ?? `failed: ${error.message}`}`),
    )
    .on('close', () => end(`${path} was closed by the other side`));
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
