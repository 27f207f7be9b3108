/** Dates, times, sizes and waits as people of a language write them, all by Intl. */
import type { Messages } from './en.ts';
import { setApart } from './apart.ts';
import { isolate } from './isolate.ts';

export interface Format {
  /** 14:05 or 2:05 PM */
  time(at: number): string;
  /** Today, Yesterday, Thursday, 12 March, 12 March 2024 */
  day(at: number, now: number): string;
  /** For the list: 14:05 today, then Yesterday, Thu, 12 Mar, 2024/3/12 */
  short(at: number, now: number): string;
  /** 3 minutes ago, in 2 days; never finer than a minute */
  relative(at: number, now: number): string;
  /** in 12 seconds */
  inSeconds(seconds: number): string;
  /** 12 March 2024, 14:05 */
  full(at: number): string;
  /** 2.1 MB */
  bytes(size: number): string;
  /** 40 sec, 3 min, 2 hr: what is left of something. */
  span(seconds: number): string;
  /** 3:05, 1:02:09 */
  clock(seconds: number): string;
  number(value: number): string;
  /** Ada, Bo and Cy */
  list(names: readonly string[]): string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Midnight before `at`, by the clock of this machine. */
export function dayOf(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Whole days from `at` to `now` by the calendar; rounding absorbs days of 23 or 25 hours. */
export function daysBetween(at: number, now: number): number {
  return Math.round((dayOf(now) - dayOf(at)) / DAY);
}

/** For formats without seconds. What is written in the same minute reads the same: most of what is said comes in a row. */
function byTheMinute(format: Intl.DateTimeFormat): (at: number) => string {
  let minute = Number.NaN;
  let text = '';
  return (at) => {
    const wanted = Math.floor(at / MINUTE);
    if (wanted !== minute) [minute, text] = [wanted, format.format(at)];
    return text;
  };
}

export function createFormat(locale: string, words: Pick<Messages['chat'], 'today' | 'yesterday'>): Format {
  const date = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
  const timeOfDay = byTheMinute(date({ timeStyle: 'short' }));
  const weekday = date({ weekday: 'long' });
  const weekdayShort = date({ weekday: 'short' });
  const monthDay = date({ day: 'numeric', month: 'long' });
  const monthDayShort = date({ day: 'numeric', month: 'short' });
  const whole = date({ day: 'numeric', month: 'long', year: 'numeric' });
  const numeric = date({ day: 'numeric', month: 'numeric', year: 'numeric' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  // Chinese typography sets a number apart from the characters after it; Intl does not.
  const apart = (text: string) => text.replace(/(\d)(?=\p{Script=Han})/gu, '$1 ');
  const ago = (amount: number, unit: Intl.RelativeTimeFormatUnit) => apart(relative.format(amount, unit));
  const digits = new Intl.NumberFormat(locale);
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const sameYear = (at: number, now: number) => new Date(at).getFullYear() === new Date(now).getFullYear();

  return {
    time: timeOfDay,
    day: (at, now) => {
      const days = daysBetween(at, now);
      if (days === 0) return words.today;
      if (days === 1) return words.yesterday;
      if (days > 1 && days < 7) return weekday.format(at);
      return (sameYear(at, now) ? monthDay : whole).format(at);
    },
    short: (at, now) => {
      const days = daysBetween(at, now);
      if (days <= 0) return timeOfDay(at);
      if (days === 1) return words.yesterday;
      if (days < 7) return weekdayShort.format(at);
      return (sameYear(at, now) ? monthDayShort : numeric).format(at);
    },
    relative: (at, now) => {
      const distance = at - now;
      const size = Math.abs(distance);
      if (size < HOUR) return ago(Math.round(distance / MINUTE), 'minute');
      if (size < DAY) return ago(Math.round(distance / HOUR), 'hour');
      if (size < 30 * DAY) return ago(Math.round(distance / DAY), 'day');
      if (size < 365 * DAY) return ago(Math.round(distance / (30 * DAY)), 'month');
      return ago(Math.round(distance / (365 * DAY)), 'year');
    },
    inSeconds: (seconds) =>
      seconds < 90 ? ago(Math.max(1, Math.ceil(seconds)), 'second') : ago(Math.ceil(seconds / 60), 'minute'),
    full: byTheMinute(date({ dateStyle: 'long', timeStyle: 'short' })),
    bytes: (size) => {
      const step = size < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(size) / 3));
      const value = size / 1000 ** step;
      return apart(
        new Intl.NumberFormat(locale, {
          style: 'unit',
          unit: UNITS[step] ?? 'byte',
          unitDisplay: step === 0 ? 'long' : 'short',
          maximumFractionDigits: step === 0 || value >= 100 ? 0 : 1,
        }).format(value),
      );
    },
    span: (seconds) => {
      const [value, unit] =
        seconds < 90
          ? [Math.max(1, Math.ceil(seconds)), 'second']
          : seconds < 90 * 60
            ? [Math.ceil(seconds / 60), 'minute']
            : [Math.ceil(seconds / 3600), 'hour'];
      return apart(
        new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(value),
      );
    },
    clock: (seconds) => {
      const [hours, minutes, rest] = [
        Math.floor(seconds / 3600),
        Math.floor(seconds / 60) % 60,
        Math.floor(seconds) % 60,
      ];
      const padded = (part: number) => String(part).padStart(2, '0');
      return hours > 0 ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`;
    },
    number: (value) => digits.format(value),
    list: (names) =>
      lists
        .formatToParts(names.map(isolate))
        .map(({ value }) => value)
        .reduce(setApart),
  };
}
