import { parse } from 'csv-parse/sync';
import { execFileSync } from 'node:child_process';
import { groupByPerson, hashOf, type DataSet } from './data-set.js';

/** Whoever gave a film so many of five stars counts as having taken it. */
const LIKED = 4;

/** R reads its own format; the package cannot be installed without it. */
const READ = `write.csv(dslabs::movielens[c("userId", "movieId", "rating", "year", "genres")], row.names = FALSE)`;
const MAX_BYTES = 64 * 1024 * 1024;

interface Rating {
  readonly userId: string;
  readonly movieId: string;
  readonly rating: string;
  readonly year: string;
  readonly genres: string;
}

/**
 * MovieLens-small of GroupLens (for research only: it is read where it is installed and copied nowhere) from
 * Debian's package `r-cran-dslabs`; undefined without it. A film's tags are its genres and its decade.
 */
export function readMovieLens(): DataSet | undefined {
  const csv = askR();
  if (csv === undefined) return undefined;
  const ratings: Rating[] = parse(csv, { columns: true });
  const tags = new Map(ratings.map((rating) => [rating.movieId, tagsOf(rating)]));
  const liked = ratings.filter(({ rating }) => Number(rating) >= LIKED);
  return {
    name: 'MovieLens-small',
    hash: hashOf(csv),
    items: [...tags].map(([id, its]) => ({ id, tags: its })),
    taken: groupByPerson(liked.map(({ userId, movieId }) => [userId, movieId])),
  };
}

function askR(): string | undefined {
  try {
    return execFileSync('Rscript', ['--vanilla', '-e', READ], {
      encoding: 'utf8',
      maxBuffer: MAX_BYTES,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined; // No R, or not this package: there is no such data set here.
  }
}

function tagsOf({ genres, year }: Rating): string[] {
  const named = genres === '(no genres listed)' ? [] : genres.split('|');
  return /^\d{4}$/.test(year) ? [...named, `${year.slice(0, 3)}0s`] : named;
}
