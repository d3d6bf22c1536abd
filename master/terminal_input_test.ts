import { assertInstanceOf } from "@std/assert";
import { FakeTerminal } from "./fake_terminal.ts";
import { SendWindow } from "./send_window.ts";
import { HangupError } from "./terminal.ts";
import { TerminalInput } from "./terminal_input.ts";

/** A terminal whose window was closed. */
class GoneTerminal extends FakeTerminal {
  override inputQueue(): number {
    throw new HangupError();
  }
}

Deno.test("TerminalInput.readable reports a terminal that is gone, and does not throw", () => {
  const failures: unknown[] = [];
  const input = new TerminalInput(new GoneTerminal(), new SendWindow(() => {}), {
    action: () => {},
    signal: () => {},
    failed: (error) => failures.push(error),
    echo: () => {},
  });
  input.start();
  input.readable();
  assertInstanceOf(failures[0], HangupError);
});
