// Compiles the oracle's families, for the C library that is wanted.

import { ROOT } from "../harness/build.ts";

const FOLDER = `${ROOT}/tests/oracle`;
const BUILD = `${ROOT}/build/tests`;

/** What the compiler warns of is what some cases are for. */
const UNWARNED = [
  ...["-Wno-stringop-overflow", "-Wno-stringop-overread", "-Wno-unused-result", "-Wno-overflow"],
];

/** The C libraries, as compilers have them. musl's comes without the kernel's headers. */
const COMPILERS = {
  glibc: { compiler: "cc", flags: [] },
  musl: {
    compiler: "musl-gcc",
    flags: ["/usr/include", "/usr/include/x86_64-linux-gnu"].flatMap((
      path,
    ) => ["-idirafter", path]),
  },
} as const;

/** A C library. */
export type Libc = keyof typeof COMPILERS;

/**
 * The path of a family's program. It is compiled each time: a family takes less than a second.
 *
 * @throws {Error} with the compiler's words if it does not compile.
 */
export async function compileFamily(family: string, libc: Libc): Promise<string> {
  const { compiler, flags } = COMPILERS[libc];
  const program = `${BUILD}/oracle_${family}_${libc}`;
  // Test files may run side by side: each compiles for itself, and the last rename wins.
  const draft = `${program}.${crypto.randomUUID()}`;
  await Deno.mkdir(BUILD, { recursive: true });
  const { success, stderr } = await new Deno.Command(compiler, {
    args: [
      ...["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-D_GNU_SOURCE", `-I${FOLDER}`],
      ...["-o", draft, `${FOLDER}/oracle.c`, `${FOLDER}/families/${family}.c`],
      ...UNWARNED,
      ...flags,
    ],
  }).output();
  if (!success) throw new Error(`Cannot compile "${family}": ${new TextDecoder().decode(stderr)}`);
  await Deno.rename(draft, program);
  return program;
}
