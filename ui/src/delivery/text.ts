/** mono is the type of code; the fonts of the system, since no page fetches any from elsewhere. */
export const mono = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace';
