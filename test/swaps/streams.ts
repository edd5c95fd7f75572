/** What stays open over many swaps: downloads and uploads whose bytes are checked, events and messages that are counted. */
import { get, request } from "node:http";
import { wsClient } from "../websocket/peers.ts";
import { LONG, longContent, paced } from "./pace.ts";

export interface Streams {
  /** Streams that ended well. */
  readonly done: { downloads: number; uploads: number; events: number; messages: number };
  readonly failures: string[];
  /** Lets what is open end; begins nothing more. */
  finish(): Promise<void>;
}

export interface StreamOptions {
  readonly port: number;
  /** At once, of each kind. */
  readonly each: number;
  /** How long one lasts, in milliseconds. */
  readonly milliseconds: number;
}

export function openStreams({ port, each, milliseconds }: StreamOptions): Streams {
  const done = { downloads: 0, uploads: 0, events: 0, messages: 0 };
  const failures: string[] = [];
  let going = true;
  let number = 0;
  const again = async (one: (id: number) => Promise<void>): Promise<void> => {
    while (going) await one(++number).catch((error: unknown) => void failures.push(String(error)));
  };
  const kinds = [
    async (id: number) => {
      await download(port, id, milliseconds);
      done.downloads++;
    },
    async (id: number) => {
      await upload(port, id, milliseconds);
      done.uploads++;
    },
    async () => {
      done.events += await events(port, Math.ceil(milliseconds / 50));
    },
    async () => {
      done.messages += await messages(port, Math.ceil(milliseconds / 50));
    },
  ];
  const all = kinds.flatMap((kind) => Array.from({ length: each }, () => again(kind)));
  return {
    done,
    failures,
    async finish() {
      going = false;
      await Promise.all(all);
    },
  };
}

function download(port: number, id: number, milliseconds: number): Promise<void> {
  const meant = longContent("answer", id);
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path: `/download/${id}/${milliseconds}`, agent: false }, (response) => {
      let received = 0;
      response.on("data", (data: Buffer) => {
        if (!meant.subarray(received, received + data.length).equals(data))
          reject(new Error(`download ${id}: other bytes`));
        received += data.length;
      });
      response.on("error", (error) => reject(new Error(`download ${id}, after ${received} bytes: ${error.message}`)));
      response.on("end", () =>
        received === LONG ? resolve() : reject(new Error(`download ${id}: ${received} bytes`)),
      );
    }).on("error", (error) => reject(new Error(`download ${id}: ${error.message}`)));
  });
}

function upload(port: number, id: number, milliseconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port,
        method: "POST",
        path: `/upload/${id}`,
        agent: false,
        headers: { "content-length": LONG },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (data: string) => {
          text += data;
        });
        response.on("error", (error) => reject(new Error(`upload ${id}: ${error.message}`)));
        response.on("end", () => (text === "right" ? resolve() : reject(new Error(`upload ${id}: ${text}`))));
      },
    );
    sent.on("error", (error) => reject(new Error(`upload ${id}: ${error.message}`)));
    paced(
      longContent("upload", id),
      milliseconds,
      (piece) => sent.write(piece),
      () => sent.destroyed,
    ).then(() => sent.end());
  });
}

/** Gives how many came: all of them, in order, or it rejects. */
function events(port: number, many: number): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path: `/events/${many}`, agent: false }, (response) => {
      let text = "";
      let last = 0;
      response.setEncoding("utf8").on("data", (data: string) => {
        text += data;
        const whole = text.split("\n\n");
        text = whole.pop() ?? "";
        for (const event of whole) {
          if (event !== `id: ${++last}\ndata: event ${last}`)
            reject(new Error(`event ${last} is ${JSON.stringify(event)}`));
        }
      });
      response.on("error", (error) => reject(new Error(`events, after ${last} of ${many}: ${error.message}`)));
      response.on("end", () => (last === many ? resolve(last) : reject(new Error(`${last} events of ${many}`))));
    }).on("error", (error) => reject(new Error(`events: ${error.message}`)));
  });
}

/** Messages that are answered with themselves, one after the other; gives how many. */
async function messages(port: number, many: number): Promise<number> {
  const ends: (() => unknown)[] = [];
  const peer = await wsClient(port, (end) => ends.push(end), "/socket");
  try {
    await new Promise<void>((resolve, reject) => {
      let number = 0;
      const next = (): void => peer.send(`message ${++number}`);
      peer.on("message", (data) => {
        if (data.toString() !== `message ${number}`) reject(new Error(`message ${number} came back as ${data}`));
        else if (number === many) peer.close(1000);
        else setTimeout(next, 50);
      });
      peer.on("close", (code) => {
        if (code === 1000 && number === many) resolve();
        else reject(new Error(`a WebSocket was closed by ${code} after ${number} messages of ${many}`));
      });
      next();
    });
  } finally {
    for (const end of ends) end();
  }
  return many;
}
