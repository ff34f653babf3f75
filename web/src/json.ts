// Readers of JSON that say where it is not what was expected. Used by wire*.ts alone.

export class WireError extends Error {}

export type Json = Record<string, unknown>;

export const fail = (where: string, want: string): never => {
  throw new WireError(`${where}: expected ${want}`);
};
export const obj = (value: unknown, where: string): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : fail(where, 'an object');
export const arr = (value: unknown, where: string): unknown[] => (Array.isArray(value) ? value : fail(where, 'an array'));
export const num = (o: Json, key: string): number => {
  const value = o[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : fail(key, 'a number');
};
export const numOr = <T>(o: Json, key: string, other: T): number | T => (typeof o[key] === 'number' ? (o[key] as number) : other);
export const str = (o: Json, key: string): string => (typeof o[key] === 'string' ? (o[key] as string) : fail(key, 'a string'));
export const strOr = (o: Json, key: string, other: string): string => (typeof o[key] === 'string' ? (o[key] as string) : other);
// Identifiers are opaque: a server may write them as numbers.
export const idOf = (o: Json, key: string): string => (typeof o[key] === 'number' ? String(o[key]) : str(o, key));
export const strings = (value: unknown, where: string): string[] =>
  value === undefined || value === null ? [] : arr(value, where).map((item) => (typeof item === 'string' ? item : fail(where, 'strings')));
export const list = <T>(value: unknown, where: string, read: (o: Json) => T): T[] => arr(value, where).map((item, i) => read(obj(item, `${where}[${i}]`)));
export const numberMap = (value: unknown, where: string): Record<string, number> => {
  const o = obj(value ?? {}, where);
  return Object.fromEntries(Object.keys(o).map((key) => [key, num(o, key)]));
};
export const flagOr = (o: Json, key: string, other: boolean): boolean => (typeof o[key] === 'boolean' ? (o[key] as boolean) : other);
/** null when it is not there. */
export const optional = <T>(value: unknown, read: (value: unknown) => T): T | null => (value === undefined || value === null ? null : read(value));
export const texts = (value: unknown, where: string): Record<string, string> => {
  const o = obj(value ?? {}, where);
  return Object.fromEntries(Object.keys(o).map((key) => [key, str(o, key)]));
};
