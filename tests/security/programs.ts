// The attacks' programs, compiled at their first use.

import { BUILD, helper, type Variant } from "../harness/build.ts";
import { HELPERS } from "../harness/far_side.ts";

const HEADERS = [
  "interpose/terminal/page.h",
  "tests/security/ask.h",
  "tests/security/descriptors.h",
];

function variant(name: string, ...flags: string[]): Variant {
  return {
    name,
    flags: ["-D_GNU_SOURCE", "-pthread", ...flags],
    folder: "security",
    includes: HEADERS,
  };
}

/** The path there, which any user may enter. */
async function onFarSide(program: Promise<string>): Promise<string> {
  return (await program).replace(BUILD, HELPERS);
}

/** What strangers run. */
export function attack(name: "stranger" | "stranger_ways" | "flood" | "requests"): Promise<string> {
  return onFarSide(helper(name, variant("")));
}

/** What programs of the session run: with the preload, or without. */
export function member(linked: "dynamic" | "static"): Promise<string> {
  return onFarSide(
    helper("member", linked === "static" ? variant("static", "-static") : variant("")),
  );
}

/** A library that makes a file when it is loaded. */
export function markerLibrary(file: string): Promise<string> {
  const name = `${file.replaceAll(/\W/g, "_")}.so`;
  return onFarSide(helper("load_marker", variant(name, "-shared", "-fPIC", `-DMARKER="${file}"`)));
}
