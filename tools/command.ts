/**
 * Runs other programs to their end, and returns their output.
 *
 * @module
 */

/** How a command ended. */
export interface Outcome {
  success: boolean;
  /** The command's output; its last lines say what failed. */
  output: string;
}

/** Runs a command. A command that is missing counts as failed, without output. */
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
