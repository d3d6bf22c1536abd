// Draws a run as curves: a panel for each measure, the round trip on the x axis, a curve for each peer.

import { PEERS } from "./peers/all.ts";
import { find, type Run } from "./results.ts";
import { MEASURES } from "./scenarios/all.ts";
import type { Measure } from "./scenarios/scenario.ts";

/** Measures that change with the distance. */
const SHOWN = [
  "prompt",
  "echo_readline",
  "echo_line",
  "vim_open",
  "vim_page",
  "vim_quit",
  "listing",
  "throughput",
  "interrupt",
  "age",
  "start",
  "bytes_key",
];
/** In the order of the peers. Colour-blind people can tell these colours apart (Okabe and Ito). */
const COLOURS = ["#000000", "#0072b2", "#009e73", "#e69f00", "#d55e00"];
const COLUMNS = 3;
/** Pixels. */
const PANEL = { width: 300, height: 210, left: 52, right: 14, top: 34, bottom: 34 };
const LEGEND_HEIGHT = 34;

/** Where a panel's values lie. */
interface Scale {
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
  readonly decades: readonly number[];
}

/** A run as SVG. */
export function toSvg(run: Run): string {
  const roundTrips = [...new Set(run.results.map((one) => one.roundTrip))].sort((a, b) => a - b);
  const panels = MEASURES.filter(({ name }) =>
    SHOWN.includes(name) && run.results.some(({ measure }) => measure === name)
  );
  const width = COLUMNS * PANEL.width;
  const height = LEGEND_HEIGHT + Math.ceil(panels.length / COLUMNS) * PANEL.height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    legend(),
    ...panels.map((measure, index) => {
      const x = index % COLUMNS * PANEL.width;
      const y = LEGEND_HEIGHT + Math.floor(index / COLUMNS) * PANEL.height;
      return `<g transform="translate(${x} ${y})">${panel(run, measure, roundTrips)}</g>`;
    }),
    "</svg>",
    "",
  ].join("\n");
}

function legend(): string {
  return PEERS.map(({ name }, index) => {
    const x = 20 + index * 90;
    return `<circle cx="${x}" cy="18" r="4" fill="${COLOURS[index]}"/>` +
      `<text x="${x + 9}" y="22">${name}</text>`;
  }).join("");
}

function panel(run: Run, { name, title, unit }: Measure, roundTrips: readonly number[]): string {
  const values = run.results.filter(({ measure }) => measure === name).map(({ median }) => median);
  const scale = scaleOf(values, roundTrips.length);
  const { left, width, right, height, bottom } = PANEL;
  const grid = scale.decades.map((value) => {
    const y = scale.y(value);
    return `<path d="M${left} ${y}H${width - right}" stroke="#ddd"/>` +
      `<text x="${left - 6}" y="${y + 4}" text-anchor="end" fill="#555">${value}</text>`;
  });
  const ticks = roundTrips.map((roundTrip, index) =>
    `<text x="${scale.x(index)}" y="${
      height - bottom + 16
    }" text-anchor="middle" fill="#555">${roundTrip} ms</text>`
  );
  const curves = PEERS.map((peer, index) =>
    curve(run, name, peer.name, roundTrips, scale, COLOURS[index])
  );
  const heading = `<text x="${left}" y="20" font-weight="bold">${escape(title)}, ${unit}</text>`;
  return [heading, ...grid, ...ticks, ...curves].join("");
}

/** Values lie on a logarithmic scale of whole decades, since a goal may be a hundredth of the next. */
function scaleOf(values: readonly number[], count: number): Scale {
  const logs = values.map((value) => Math.log10(Math.max(value, 1e-3)));
  const low = Math.floor(Math.min(...logs));
  const high = Math.max(Math.ceil(Math.max(...logs)), low + 1);
  const inner = {
    width: PANEL.width - PANEL.left - PANEL.right,
    height: PANEL.height - PANEL.top - PANEL.bottom,
  };
  const y = (value: number) => {
    const share = (Math.log10(Math.max(value, 1e-3)) - low) / (high - low);
    return round(PANEL.top + inner.height * (1 - share));
  };
  return {
    x: (index) => round(PANEL.left + inner.width * (index + 0.5) / count),
    y,
    decades: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index))
      .map((value) => Number(value.toPrecision(1))),
  };
}

function curve(
  run: Run,
  measure: string,
  peer: string,
  roundTrips: readonly number[],
  { x, y }: Scale,
  colour: string,
): string {
  const points = roundTrips.flatMap((roundTrip, index) => {
    const found = find(run, measure, peer, roundTrip);
    return found === undefined ? [] : [{ x: x(index), ...found }];
  });
  const line = points.map((point, index) =>
    `${index === 0 ? "M" : "L"}${point.x} ${y(point.median)}`
  );
  const marks = points.map((point) =>
    `<path d="M${point.x} ${y(point.low)}V${y(point.high)}" stroke="${colour}"/>` +
    `<circle cx="${point.x}" cy="${y(point.median)}" r="3" fill="${colour}"/>`
  );
  return `<path d="${line.join("")}" fill="none" stroke="${colour}" stroke-width="1.5"/>${
    marks.join("")
  }`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("`", "");
}
