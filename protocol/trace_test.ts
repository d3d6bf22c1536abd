import { assertMatch } from "@std/assert";
import { traceTo } from "./trace.ts";

function traced(event: string, details?: object): string {
  let line = "";
  traceTo((written) => line += written)(event, details);
  return line;
}

Deno.test("traceTo writes time, event and details on a line", () => {
  assertMatch(traced("> ping", { id: 7 }), /^\d+\.\d{6} > ping \{"id":7\}\n$/);
  assertMatch(traced("end"), /^\d+\.\d{6} end \n$/);
});

Deno.test("traceTo shows bytes as text, and few of many", () => {
  assertMatch(traced("x", { bytes: Uint8Array.of(108, 115, 10, 0xe4) }), /\{"bytes":"ls\\nä"\}/);
  const many = traced("x", { bytes: new Uint8Array(100_000).fill(97) });
  assertMatch(many, /"bytes":"a{64}… \(100000 bytes\)"/);
});
