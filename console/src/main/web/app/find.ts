/** How well a text answers to what was typed: the lower the better, null when not at all. */
export function score(typed: string, text: string): number | null {
  const wanted = typed.trim().toLowerCase();
  const given = text.toLowerCase();
  if (wanted === '') return 0;
  const at = given.indexOf(wanted);
  if (at >= 0) {
    const starts = at === 0 || /[^a-z0-9]/.test(given[at - 1]!);
    return (starts ? 0 : 50) + given.length / 100;
  }
  // else its letters in their order, the closer together the better
  let last = -1;
  let gaps = 0;
  for (const letter of wanted.replaceAll(' ', '')) {
    const next = given.indexOf(letter, last + 1);
    if (next < 0) return null;
    gaps += next - last - 1;
    last = next;
  }
  return 200 + gaps;
}

/** The best of them, best first; among equals the order stays. */
export function best<T>(typed: string, all: T[], text: (item: T) => string, most: number): T[] {
  return all
    .flatMap((item) => {
      const points = score(typed, text(item));
      return points === null ? [] : [{ item, points }];
    })
    .sort((a, b) => a.points - b.points)
    .slice(0, most)
    .map(({ item }) => item);
}
