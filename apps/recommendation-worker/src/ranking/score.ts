/**
 * The terms of a score. Each is rounded to nine decimals and held as a whole number of billionths, so that
 * sums are exact: neither the order of the terms nor the engine that adds them changes a score, and items
 * that are equal are exactly equal.
 */
export const BILLION = 1e9;

const CONTENT_WEIGHT = 0.3;
/** As many people as it takes to halve the weight of what an item says about itself. */
const CONTENT_HALF_LIFE = 10;
const LIFT_DAMPING = 100;

/**
 * How likely anybody takes an item: `(opened by + popularity) / (people + 1)`. Popularity stands for one
 * person; 0.5 says nothing, and then this is the estimator of Krichevsky and Trofimov (1981).
 */
export const probability = (popularity: number, openedBy: number, people: number): number =>
  (openedBy + popularity) / (people + 1);

/** What an item has before anything is known of the person. */
export const priorTerm = (p: number): number => billionths(Math.log(p));

/**
 * What a tag that the item carries adds: rare tags more than common ones, and the less, the more people
 * with this tag have shown by their choices what they like.
 */
export const contentTerm = (items: number, itemsWithTag: number, peopleWithTag: number): number =>
  billionths(
    (CONTENT_WEIGHT * Math.log(1 + items / itemsWithTag) * CONTENT_HALF_LIFE) /
      (CONTENT_HALF_LIFE + peopleWithTag),
  );

/** What it adds that people with this tag took the item, the more the less everybody takes it. */
export const liftTerm = (openedByPeopleWithTag: number, p: number): number =>
  billionths(Math.log(1 + openedByPeopleWithTag / (LIFT_DAMPING * p)));

const billionths = (value: number) => Math.round(value * BILLION);
