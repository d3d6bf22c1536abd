import { cFunction } from "../../sys/c_functions.ts";
import { libc } from "../../sys/libc.ts";

/**
 * Makes this process lead a session where its own can't be named: in a PID namespace that its session's
 * leader is outside of (a container's, say), getsid(2) gives 0.
 */
export function ensureVisibleSession(): void {
  if (libc.getsid(0) === 0) cFunction("setsid", { parameters: [], result: "i32" })();
}
