// All ways that are compared, in the order of the tables.

import { local } from "./local.ts";
import { mosh } from "./mosh.ts";
import type { Peer } from "./peer.ts";
import { rpty } from "./rpty.ts";
import { socat } from "./socat.ts";
import { ssh } from "./ssh.ts";

export const PEERS: readonly Peer[] = [local, ssh, socat, mosh, rpty];
