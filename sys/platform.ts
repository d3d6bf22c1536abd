// The numbers and names of the platform that this program runs on.

import { DARWIN } from "./platform_darwin.ts";
import { LINUX } from "./platform_linux.ts";
import type { Platform } from "./platform_table.ts";

export type { BitField, Platform, SignalName, TermiosLayout } from "./platform_table.ts";

export const PLATFORM: Platform = Deno.build.os === "darwin" ? DARWIN : LINUX;
