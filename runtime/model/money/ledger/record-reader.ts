/** Reads what `record.ts` describes, once more: with one object for each call that was opened, and none for one that was settled. */
import type { Usage } from "../../canonical/usage.ts";
import {
  CHARGE_LENGTH,
  HEAD,
  HOWS,
  LONGEST_RECORD,
  MARK,
  OPENED,
  OPENED_LENGTH,
  type OpenCharge,
  type OpenedRecord,
  SETTLED,
  SETTLED_LENGTH,
  type SettledHow,
  type SettledRecord,
  TEXT,
  TOLD,
  TOLD_LENGTH,
} from "./record.ts";

/** Whoever reads records. `at`: where in the piece the record stands. */
export interface RecordTaker {
  opened(record: OpenedRecord, at: number): void;
  /** `record` is only valid during the call. */
  settled(record: SettledRecord, at: number): void;
  /** Where budgets are counted elsewhere: that place has what the call cost, and need not be told again. */
  told(number: number, at: number): void;
}

/** Reads the records of one file, piece by piece; each piece begins where the one before ended. */
export class RecordReader {
  readonly #texts: string[] = [];
  readonly #charges = new Map<string, OpenCharge>();
  /** The one that was read last, with the numbers of its texts: calls that are alike come one after the other. */
  #latest: { readonly budget: number; readonly number: number; readonly charge: OpenCharge } | null = null;
  /** Of the one that was opened last, where it has no others. */
  #only: readonly OpenCharge[] = NO_CHARGES;
  /** One for all: nobody keeps it. */
  readonly #settled = new ReadSettled();

  /** Gives how many bytes were whole records; -1: none, and what stands there is none and will be none. */
  read(bytes: Buffer, taker: RecordTaker): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (at + HEAD <= bytes.length) {
      const length = view.getUint32(at + 4, true);
      if (view.getUint16(at + 2, true) !== MARK || length < HEAD || length > LONGEST_RECORD) return at === 0 ? -1 : at;
      if (at + length > bytes.length) return at;
      if (!this.#take(bytes, view, at, length, taker)) return at === 0 ? -1 : at;
      at += length;
    }
    return at;
  }

  /** False: it is none. */
  #take(bytes: Buffer, view: DataView, at: number, length: number, taker: RecordTaker): boolean {
    switch (bytes[at]) {
      case TEXT:
        this.#texts.push(bytes.toString("utf8", at + HEAD, at + length));
        return true;
      case OPENED: {
        const count = bytes[at + 1]!;
        if (length !== OPENED_LENGTH + count * CHARGE_LENGTH) return false;
        taker.opened(this.#opened(view, at, count), at);
        return true;
      }
      case SETTLED:
        if (length !== SETTLED_LENGTH || !this.#settled.read(view, at)) return false;
        taker.settled(this.#settled, at);
        return true;
      case TOLD:
        if (length !== TOLD_LENGTH) return false;
        taker.told(view.getFloat64(at + HEAD, true), at);
        return true;
      default:
        return false;
    }
  }

  #opened(view: DataView, from: number, count: number): OpenedRecord {
    const at = from + HEAD;
    return {
      type: "opened",
      number: view.getFloat64(at, true),
      at: view.getFloat64(at + 8, true),
      worst: view.getBigInt64(at + 16, true),
      worstTokens: view.getFloat64(at + 24, true),
      route: this.#text(view, at + 32),
      model: this.#text(view, at + 36),
      upstream: this.#text(view, at + 40),
      caller: this.#text(view, at + 44),
      currency: this.#text(view, at + 48),
      charges: this.#chargesOf(view, from + OPENED_LENGTH, count),
    };
  }

  /** The same list for calls that are alike. */
  #chargesOf(view: DataView, from: number, count: number): readonly OpenCharge[] {
    if (count === 0) return NO_CHARGES;
    if (count === 1) {
      const charge = this.#charge(view, from);
      if (this.#only[0] !== charge) this.#only = [charge];
      return this.#only;
    }
    const charges: OpenCharge[] = [];
    for (let index = 0; index < count; index++) charges.push(this.#charge(view, from + index * CHARGE_LENGTH));
    return charges;
  }

  /** The same object for the same budget, key and period. */
  #charge(view: DataView, at: number): OpenCharge {
    const budget = view.getUint32(at, true);
    const key = view.getUint32(at + 4, true);
    const start = view.getFloat64(at + 8, true);
    const latest = this.#latest;
    if (latest !== null && latest.budget === budget && latest.number === key && latest.charge.start === start)
      return latest.charge;
    const identity = `${budget} ${key} ${start}`;
    let charge = this.#charges.get(identity);
    if (charge === undefined) {
      const [name = "", unit, currency = "", period = ""] = (this.#texts[budget] ?? "").split("\n");
      charge = {
        name,
        unit: unit === "money" ? "money" : "tokens",
        currency,
        period,
        start,
        end: view.getFloat64(at + 16, true),
        key: this.#texts[key] ?? "",
      };
      this.#charges.set(identity, charge);
    }
    this.#latest = { budget, number: key, charge };
    return charge;
  }

  #text(view: DataView, at: number): string {
    return this.#texts[view.getUint32(at, true)] ?? "";
  }
}

const NO_CHARGES: readonly OpenCharge[] = [];

class ReadSettled implements SettledRecord {
  readonly type = "settled";
  number = 0;
  at = 0;
  how: SettledHow = "usage";
  cost = 0n;
  tokens = 0;
  usage: Usage | null = null;
  readonly #usage = {
    input: 0,
    cacheRead: 0,
    cacheWrite: 0,
    cacheWriteHour: 0,
    output: 0,
    reasoning: 0,
    audioInput: 0,
    audioOutput: 0,
    searches: 0,
  };

  /** False: it is none. */
  read(view: DataView, from: number): boolean {
    const more = view.getUint8(from + 1);
    const how = HOWS[more & 127];
    if (how === undefined) return false;
    const at = from + HEAD;
    this.number = view.getFloat64(at, true);
    this.at = view.getFloat64(at + 8, true);
    this.how = how;
    this.cost = view.getBigInt64(at + 16, true);
    this.tokens = view.getFloat64(at + 24, true);
    this.usage = more >= 128 ? null : this.#counters(view, at + 32);
    return true;
  }

  #counters(view: DataView, at: number): Usage {
    const usage = this.#usage;
    usage.input = view.getFloat64(at, true);
    usage.cacheRead = view.getFloat64(at + 8, true);
    usage.cacheWrite = view.getFloat64(at + 16, true);
    usage.cacheWriteHour = view.getFloat64(at + 24, true);
    usage.output = view.getFloat64(at + 32, true);
    usage.reasoning = view.getFloat64(at + 40, true);
    usage.audioInput = view.getFloat64(at + 48, true);
    usage.audioOutput = view.getFloat64(at + 56, true);
    usage.searches = view.getFloat64(at + 64, true);
    return usage;
  }
}
