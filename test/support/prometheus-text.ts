/** One line of a scrape: a value under its name and labels. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a process serves at `/metrics`. */
export class Scrape {
  readonly samples: readonly Sample[];

  constructor(private readonly text: string) {
    this.samples = text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map(parseSample);
  }

  static async of(metricsUrl: string): Promise<Scrape> {
    const response = await fetch(`${metricsUrl}/metrics`);
    return new Scrape(await response.text());
  }

  /** The kind of each metric, by name. */
  get kinds(): Map<string, string> {
    const lines = [...this.text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
    return new Map(lines.map(([, name, kind]) => [name!, kind!]));
  }

  /** The value of the sample with this name and exactly these labels. */
  value(name: string, labels: Record<string, string> = {}): number | undefined {
    const wanted = Object.entries(labels);
    return this.samples.find(
      (sample) =>
        sample.name === name &&
        Object.keys(sample.labels).length === wanted.length &&
        wanted.every(([key, value]) => sample.labels[key] === value),
    )?.value;
  }

  /** The values that a label has, each once. */
  valuesOf(name: string, label: string): string[] {
    const samples = this.samples.filter((sample) => sample.name === name);
    return [...new Set(samples.map(({ labels }) => labels[label] ?? ''))];
  }

  /** The labels of a metric's samples; those of a histogram without the buckets' own. */
  labelsOf(metric: string): string[] {
    const family = new RegExp(`^${metric}(_bucket|_sum|_count)?$`);
    const names = this.samples
      .filter(({ name }) => family.test(name))
      .flatMap(({ labels }) => Object.keys(labels));
    return [...new Set(names)].filter((name) => name !== 'le').toSorted();
  }
}

function parseSample(line: string): Sample {
  const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line)!;
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return {
    name: name!,
    labels: Object.fromEntries(pairs.map(([, key, text]) => [key, text])),
    value: Number(value),
  };
}
