// A session without a terminal, because the master's standard input is none. It only carries data.

import { ProtocolError } from "../protocol/errors.ts";
import type { Frame, FrameOf } from "../protocol/frames.ts";
import type { Poller } from "../sys/poller.ts";
import { InputPump } from "./input_pump.ts";
import { ReceiveWindow } from "./receive_window.ts";
import { OutputPump } from "./output_pump.ts";
import { signalGroup } from "./processes.ts";
import type { RuntimeDirectory } from "./runtime_directory.ts";
import type { SessionFrame, SessionStreams } from "./session_streams.ts";

/** Carries standard input from the master, and standard output and error to it. */
export class PlainStreams implements SessionStreams {
  readonly #window: ReceiveWindow;
  readonly #input: InputPump;
  readonly #output: OutputPump;
  #session = 0;

  constructor(
    poller: Poller,
    directory: RuntimeDirectory,
    outputLimit: number,
    send: (frame: Frame) => void,
  ) {
    this.#window = new ReceiveWindow(send);
    this.#input = new InputPump(poller, directory.file("input"), {
      changed: () => {},
      isReadDirectly: () => true,
      consumed: (units) => this.#window.consumed(units),
    });
    this.#input.canonical = false;
    this.#output = new OutputPump(
      poller,
      directory.file("output"),
      outputLimit,
      (offset, bytes) => send({ type: "output", offset, bytes }),
    );
  }

  adopt(session: number): void {
    this.#session = session;
  }

  afterOutput(run: () => void): void {
    this.#output.mark(run);
  }

  show(text: string): void {
    this.#output.write(new TextEncoder().encode(text));
  }

  hangUp(): void {
    signalGroup(this.#session, "SIGHUP", "SIGCONT");
    this.#input.end();
    this.#output.abandon();
  }

  close(): void {
    this.#input.close();
    this.#output.close();
  }

  take(frame: SessionFrame): void {
    if (frame.type === "ack") this.#takeAck(frame);
    else if (frame.type === "input" || frame.type === "signal") this.#takeInput(frame);
    else throw new ProtocolError(`Cannot take ${frame.type}: there is no terminal`);
  }

  #takeAck({ output }: FrameOf<"ack">): void {
    if (this.#output.acknowledge(output)) return;
    throw new ProtocolError(`Cannot take ack: output ${output} was never sent`);
  }

  #takeInput(frame: FrameOf<"input"> | FrameOf<"signal">): void {
    this.#window.take(frame, 0);
    if (frame.type === "signal") {
      this.#window.consumed(1);
      signalGroup(this.#session, frame.signal);
    } else {
      if (frame.bytes.length > 0) this.#input.push(frame.bytes);
      if (frame.kind === "eof") this.#input.push("eof");
    }
  }
}
