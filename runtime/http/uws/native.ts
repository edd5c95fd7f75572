/** The part of uWebSockets.js that is used, as its native module offers it in versions 20.30 to 20.57. */

export interface NativeModule {
  App(): NativeApp;
  us_listen_socket_close(socket: object): void;
  us_socket_local_port(socket: object): number;
}

export interface NativeApp {
  any(pattern: string, handler: (response: NativeResponse, request: NativeRequest) => void): NativeApp;
  listen(host: string, port: number, callback: (socket: object | false) => void): NativeApp;
  listen(host: string, port: number, options: number, callback: (socket: object | false) => void): NativeApp;
  /** Newer than 20.30: tells of each connection that opens (positive) or closes (negative). */
  filter?(callback: (response: object, count: number) => void): NativeApp;
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
}
