// What a unit test makes with a poller and a folder of its own, and what is left of it.

import { Poller } from "../../sys/poller.ts";

/** Runs a test with what `make` gives it, and closes that, the poller and the folder, whatever happens. */
export async function polled<Scene extends { close(): void }>(
  make: (poller: Poller, folder: string) => Scene,
  test: (scene: Scene) => Promise<void> | void,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const poller = new Poller();
  try {
    const scene = make(poller, folder);
    try {
      await test(scene);
    } finally {
      scene.close();
    }
  } finally {
    await poller.close();
    await Deno.remove(folder, { recursive: true });
  }
}
