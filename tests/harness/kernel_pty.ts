// A kernel pty of which the test holds both ends.

import { assertEquals } from "@std/assert";
import { cFunction } from "../../sys/c_functions.ts";
import { libc } from "../../sys/libc.ts";
import { PLATFORM } from "../../sys/platform.ts";

const { O_RDWR, O_NONBLOCK, O_NOCTTY, O_CLOEXEC } = PLATFORM.open;

/** Milliseconds in which written output must arrive. */
const PATIENCE = 1000;

const openPty = cFunction("posix_openpt", { parameters: ["i32"], result: "i32" });
const grantPty = cFunction("grantpt", { parameters: ["i32"], result: "i32" });
const unlockPty = cFunction("unlockpt", { parameters: ["i32"], result: "i32" });
const namePty = cFunction("ptsname", { parameters: ["i32"], result: "pointer" });
const getStruct = cFunction("tcgetattr", { parameters: ["i32", "buffer"], result: "i32" });
const poll = cFunction("poll", { parameters: ["buffer", "u64", "i32"], result: "i32" });

/** Both ends of a pty. Neither blocks. */
export class Pty implements Disposable {
  readonly master = openPty(O_RDWR | O_NOCTTY);
  readonly name: string;
  readonly slave: number;

  constructor() {
    assertEquals([grantPty(this.master), unlockPty(this.master)], [0, 0]);
    this.name = Deno.UnsafePointerView.getCString(namePty(this.master) as Deno.PointerObject);
    this.slave = libc.open(this.name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    libc.setNonblocking(this.master);
  }

  get struct(): Uint8Array<ArrayBuffer> {
    const struct = new Uint8Array(PLATFORM.termios.size);
    assertEquals(getStruct(this.slave, struct), 0);
    return struct;
  }

  /** Types, and makes the kernel pass the keys on: poll(2) does that, FIONREAD alone does not. */
  type(text: string): void {
    libc.write(this.master, new TextEncoder().encode(text));
    poll(new Int32Array([this.slave, PLATFORM.poll.POLLIN]), 1n, 0);
  }

  /** The next `length` bytes of output. */
  shown(length: number): string {
    const bytes = new Uint8Array(length);
    for (let got = 0; got < length;) {
      const ready = poll(new Int32Array([this.master, PLATFORM.poll.POLLIN]), 1n, PATIENCE);
      assertEquals(ready, 1, `${length - got} bytes are missing`);
      got += libc.read(this.master, bytes.subarray(got)) ?? 0;
    }
    return new TextDecoder().decode(bytes);
  }

  [Symbol.dispose](): void {
    libc.close(this.slave);
    libc.close(this.master);
  }
}
