/** The beginning of something whose end has not come yet: bytes kept from one read to the next, in one buffer that grows with what has really come. */

const NOTHING = Buffer.alloc(0);
/** Room for the first of them. Never as much as somebody says will come: twelve bytes could then take sixteen million. */
const FIRST = 1024;

export class HeldBytes {
  /** The first `length` of them count. */
  bytes: Buffer = NOTHING;
  length = 0;

  add(chunk: Buffer, from: number, to: number): void {
    const length = this.length + to - from;
    if (length > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.bytes.length, FIRST));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
    chunk.copy(this.bytes, this.length, from, to);
    this.length = length;
  }

  /** How many there were; none are held any more, and they stay in `bytes` until the next ones come. */
  take(): number {
    const { length } = this;
    this.length = 0;
    return length;
  }

  /** Nothing more will be held. */
  release(): void {
    this.bytes = NOTHING;
    this.length = 0;
  }
}
