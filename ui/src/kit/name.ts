/** nameOf makes a name, as Perses allows it, out of a title. */
export function nameOf(title: string): string {
  const plain = title.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  return plain
    .replace(/[^a-z0-9_.]+/g, '-')
    .slice(0, 75)
    .replace(/^[-.]+|[-.]+$/g, '');
}
