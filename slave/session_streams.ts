import type { FrameOf } from "../protocol/frames.ts";

/** Frames from the master that are for the running command. */
export type SessionFrame = FrameOf<"input" | "signal" | "winsize" | "ack" | "drained">;

/** What a command reads from and writes to: a terminal, or plain streams. */
export interface SessionStreams {
  /** From now on the command's process leads a session. */
  adopt(session: number): void;
  /** Takes a frame from the master. */
  take(frame: SessionFrame): void;
  /** Runs `run` when all that was written until now has been sent. */
  afterOutput(run: () => void): void;
  /** Shows something as if the command had written it. */
  show(text: string): void;
  /** The link is gone. */
  hangUp(): void;
  close(): void;
}
