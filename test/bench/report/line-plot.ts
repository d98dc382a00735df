/** One line of a plot; the points from left to right. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** Logarithmic unless it says so. */
  readonly scale?: 'linear';
}

const SIZE = { width: 720, height: 400 };
const MARGIN = { left: 72, right: 120, top: 44, bottom: 52 };
/** More points than these are a line without markers. */
const MARKED = 20;
const COLOURS = ['#0f766e', '#b45309', '#9f1239', '#1d4ed8'];

/**
 * A line plot as SVG, which needs nothing to be seen. Both axes are logarithmic where loads and backlogs are
 * measured in multiples, and latencies differ by them. @throws Error when there is nothing above zero
 */
export function linePlot({ title, x, y, series, scale }: Plot): string {
  const scaleOf = scale === 'linear' ? linearScale : logScale;
  const points = series.flatMap((each) => each.points);
  const across = scaleOf(
    points.map(([value]) => value),
    MARGIN.left,
    SIZE.width - MARGIN.right,
  );
  const up = scaleOf(
    points.map(([, value]) => value),
    SIZE.height - MARGIN.bottom,
    MARGIN.top,
  );
  const [left, right] = [MARGIN.left, SIZE.width - MARGIN.right];
  const bottom = SIZE.height - MARGIN.bottom;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="sans-serif" font-size="12" role="img" aria-label="${escape(title)}">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(left, 18, title, 'font-size="15" font-weight="bold"'),
    ...up.ticks.flatMap((tick) => [
      line(left, up.at(tick), right, up.at(tick)),
      text(left - 8, up.at(tick) + 4, tick.toLocaleString('en'), 'text-anchor="end"'),
    ]),
    ...across.ticks.flatMap((tick) => [
      line(across.at(tick), MARGIN.top, across.at(tick), bottom),
      text(across.at(tick), bottom + 18, tick.toLocaleString('en'), 'text-anchor="middle"'),
    ]),
    text((left + right) / 2, SIZE.height - 12, x, 'text-anchor="middle"'),
    text(16, MARGIN.top - 10, y),
    ...series.flatMap((each, i) => drawn(each, COLOURS[i % COLOURS.length]!, across.at, up.at)),
    '</svg>\n',
  ].join('\n');
}

function drawn(
  { name, points }: Series,
  colour: string,
  across: (value: number) => number,
  up: (value: number) => number,
): string[] {
  const places = points.map(([x, y]) => [across(x).toFixed(1), up(y).toFixed(1)] as const);
  const [lastX, lastY] = places.at(-1)!;
  return [
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.map((place) => place.join(',')).join(' ')}"/>`,
    ...(places.length > MARKED ? [] : places).map(
      ([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`,
    ),
    text(Number(lastX) + 8, Number(lastY) + 4, name, `fill="${colour}"`),
  ];
}

/** From the power of ten or the 2 or 5 times one below the least value to the one above the most. */
function logScale(values: readonly number[], from: number, to: number) {
  const above = values.filter((value) => value > 0);
  if (above.length === 0) throw new Error('nothing to draw');
  const steps = roundNumbers(Math.min(...above), Math.max(...above));
  const [low, high] = [Math.log(steps[0]!), Math.log(steps.at(-1)!)];
  const at = (value: number) =>
    from + ((Math.log(Math.max(value, steps[0]!)) - low) / (high - low)) * (to - from);
  return { at, ticks: steps };
}

/** From zero to the round number above the most. */
function linearScale(values: readonly number[], from: number, to: number) {
  const most = Math.max(...values);
  if (!(most > 0)) throw new Error('nothing to draw');
  const step = roundNumbers(most / TICKS, most / TICKS).at(-1)!;
  const count = Math.ceil(most / step);
  const at = (value: number) => from + (value / (count * step)) * (to - from);
  return { at, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

/** At most so many. */
const TICKS = 8;

function roundNumbers(least: number, most: number): number[] {
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
    for (const digit of [1, 2, 5]) all.push(Number((digit * 10 ** power).toPrecision(1)));
  }
  const first = all.findLastIndex((value) => value <= least);
  const last = all.findIndex((value) => value > most);
  return all.slice(first, last + 1);
}

const line = (x1: number, y1: number, x2: number, y2: number) =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#e5e7eb"/>`;

const text = (x: number, y: number, content: string, attributes = '') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escape(content)}</text>`;

const escape = (content: string) =>
  content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
