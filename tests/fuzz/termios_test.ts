// Fuzzes changes of settings, with opcodes and values of all kinds.

import { assert, assertEquals } from "@std/assert";
import { changeTermios, localTermios } from "../../master/local_termios.ts";
import { DARWIN } from "../../sys/platform_darwin.ts";
import { LINUX } from "../../sys/platform_linux.ts";
import { decodeTermios, encodeTermios } from "../../sys/termios_codec.ts";
import {
  CHARACTER_OPCODES,
  FLAG_OPCODES,
  NUMBER_OPCODES,
  SANE_TERMIOS,
  type SettingName,
} from "../../tty/termios.ts";
import { fuzz, rejection } from "./fuzz.ts";
import type { Dice } from "./mutate.ts";

const OPCODES = Object.values({ ...CHARACTER_OPCODES, ...FLAG_OPCODES, ...NUMBER_OPCODES });
const VALUES = [
  0,
  1,
  0,
  1,
  0,
  1,
  2,
  -1,
  8,
  127,
  255,
  256,
  38_400,
  -2,
  2 ** 31,
  2 ** 32,
  -(2 ** 53),
];
/** More than any struct termios has. */
const STRUCT_SIZE = 128;

function settings(dice: Dice): number[] {
  const pairs = Array.from({ length: dice.below(6) }, () => [
    dice.oneIn(8) ? dice.below(300) : dice.pick(OPCODES),
    dice.oneIn(4) ? dice.pick(VALUES) : dice.below(2),
  ]);
  return dice.oneIn(20) ? [...pairs.flat(), dice.below(256)] : pairs.flat();
}

fuzz({
  name: "a change of settings",
  inputs: 4000,
  outcomes: ["applied", "ProtocolError"],
  run(dice) {
    try {
      const termios = localTermios(changeTermios(SANE_TERMIOS, settings(dice)), SANE_TERMIOS);
      for (const name of Object.keys(SANE_TERMIOS) as SettingName[]) {
        assertEquals(typeof termios[name], typeof SANE_TERMIOS[name], name);
      }
      assert(termios.VMIN === 1 && termios.VTIME === 0 && !termios.TOSTOP);
      for (const { termios: layout } of [LINUX, DARWIN]) {
        const struct = new Uint8Array(STRUCT_SIZE);
        encodeTermios(termios, struct, layout);
        decodeTermios(struct, layout);
      }
      return "applied";
    } catch (error) {
      return rejection(error, "ProtocolError");
    }
  },
});
