/**
 * Other programs, run to their end for what they say.
 *
 * @module
 */

/** How a command ended. */
export interface Outcome {
  success: boolean;
  /** What the command wrote; its last lines say what was wrong. */
  output: string;
}

/** Runs a command; one that is not here has failed, without output. */
export async function run(command: string[]): Promise<Outcome> {
  const [name, ...args] = command;
  const { DENORT_BIN: _, ...env } = Deno.env.toObject(); // it is the host's, whatever the target
  try {
    const child = new Deno.Command(name, { args, env, clearEnv: true, stdin: "null" });
    const { success, stdout, stderr } = await child.output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { success, output: text(stdout) + text(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { success: false, output: "" };
    throw error;
  }
}
