/** The part of uWebSockets.js that is used, as its native module offers it in versions 20.30 to 20.57. */
import type { UwsWebSocket } from "./websocket.ts";

export interface NativeModule {
  App(): NativeApp;
  /** Without a certificate every handshake fails that no `addServerName` is for. Throws where the files cannot be used. */
  SSLApp(options: NativeTlsOptions): NativeApp;
  us_listen_socket_close(socket: object): void;
  us_socket_local_port(socket: object): number;
}

/** Files are read within the call, and PEM. */
export interface NativeTlsOptions {
  readonly cert_file_name?: string;
  readonly key_file_name?: string;
  /** In OpenSSL's words; for TLS 1.2. */
  readonly ssl_ciphers: string;
}

export interface NativeApp {
  /** `name` in lower case, or "*." and one; an exact one goes before. Fails without a word where the files cannot be used. */
  addServerName(name: string, options: NativeTlsOptions): NativeApp;
  /** What is registered from now on is for clients of this name. Prints a line on standard output. */
  domain(name: string): NativeApp;
  any(pattern: string, handler: (response: NativeResponse, request: NativeRequest) => void): NativeApp;
  /** Goes before `any` for a GET with a key of 24 characters. Once per app and pattern: a second time ends the process. */
  ws(pattern: string, behavior: NativeWebSocketBehavior): NativeApp;
  listen(host: string, port: number, callback: (socket: object | false) => void): NativeApp;
  listen(host: string, port: number, options: number, callback: (socket: object | false) => void): NativeApp;
  /** Newer than 20.30: tells of each connection that opens (positive) or closes (negative). */
  filter?(callback: (response: Pick<NativeResponse, "getRemoteAddress">, count: number) => void): NativeApp;
  /** Seconds for a request's head or more of its body, and between requests. Republished builds have it, with 30 for a start. */
  setIdleTimeout?(seconds: number): void;
  /** Seconds for a client to take more of an answer; as above. */
  setResponseTimeout?(seconds: number): void;
  close(): NativeApp;
}

export interface NativeRequest {
  getCaseSensitiveMethod(): string;
  getUrl(): string;
  /** Without "?"; null or "" where there is none. */
  getQuery(): string | null;
  forEach(callback: (name: string, value: string) => void): void;
}

/** Not to be touched after the answer is complete or `onAborted` was called: every method then throws. */
export interface NativeResponse {
  writeStatus(status: string | Uint8Array): NativeResponse;
  writeHeader(name: string, value: string | Uint8Array): NativeResponse;
  /** False: the bytes were taken, but wait for `onWritable`. */
  write(chunk: Uint8Array | string): boolean;
  end(body: Uint8Array | string, closeConnection?: boolean): NativeResponse;
  endWithoutBody(): NativeResponse;
  /** [everything was taken, the answer is complete]. */
  tryEnd(chunk: Uint8Array | string, total: number): [boolean, boolean];
  getWriteOffset(): number;
  onWritable(handler: (offset: number) => boolean): NativeResponse;
  onAborted(handler: () => void): NativeResponse;
  onData(handler: (chunk: ArrayBuffer, last: boolean) => void): NativeResponse;
  getRemoteAddress(): ArrayBuffer;
  cork(callback: () => void): NativeResponse;
  pause(): void;
  resume(): void;
  close(): NativeResponse;
  /** Ends the head that was begun with 101. The response is no more; `open` is called before this returns. */
  upgrade(userData: NativeUserData, key: string, protocol: string, extensions: string, context: object): void;
}

export interface NativeUserData {
  readonly side: UwsWebSocket;
}

/** Bytes and durations in seconds; 0 switches off. */
export interface NativeWebSocketBehavior {
  readonly maxPayloadLength: number;
  readonly idleTimeout: number;
  readonly maxLifetime: number;
  readonly maxBackpressure: number;
  readonly sendPingsAutomatically: boolean;
  readonly compression: number;
  readonly upgrade: (response: NativeResponse, request: NativeRequest, context: object) => void;
  readonly open: (socket: NativeWebSocket) => void;
  readonly message: (socket: NativeWebSocket, message: ArrayBuffer, binary: boolean) => void;
  readonly ping: (socket: NativeWebSocket) => void;
  readonly pong: (socket: NativeWebSocket) => void;
  readonly drain: (socket: NativeWebSocket) => void;
  readonly close: (socket: NativeWebSocket, code: number, reason: ArrayBuffer) => void;
}

/** Not to be touched after `close` was called: every method then throws. */
export interface NativeWebSocket {
  getUserData(): NativeUserData;
  /** 1: sent, 0: taken, but it waits, 2: dropped. The bytes are copied. */
  send(message: Uint8Array, binary: boolean, compress: boolean): number;
  sendFirstFragment(message: Uint8Array, binary: boolean, compress: boolean): number;
  sendFragment(message: Uint8Array, compress: boolean): number;
  sendLastFragment(message: Uint8Array, compress: boolean): number;
  getBufferedAmount(): number;
  ping(message: string): number;
  /** Sends a Close; `close` is called before this returns. */
  end(code?: number, reason?: Uint8Array): void;
  /** Without a Close. */
  close(): void;
}
