import { useEffect } from 'react';

// Icons that stand alone on buttons of Perses' components, and what a press does.
const acts: Record<string, string> = {
  Plus: 'Add',
  Minus: 'Remove',
  Close: 'Close',
  ChevronDown: 'Collapse',
  ChevronUp: 'Collapse',
  ChevronRight: 'Expand',
  ClipboardOutline: 'Copy',
  ContentCopy: 'Duplicate',
  TrashCan: 'Delete',
  Delete: 'Delete',
  DeleteOutline: 'Delete',
  Pencil: 'Edit',
  PencilOutline: 'Edit',
  ArrowUp: 'Move up',
  ArrowDown: 'Move down',
  DotsVertical: 'More',
  DragVertical: 'Move',
  Eye: 'Show or hide',
  EyeOff: 'Show or hide',
  OpenInNew: 'Open in a new window',
};

/** nameOfIcon says what a button with an icon does, by what the icon is called: that of an act that is known, or its words. */
export function nameOfIcon(icon: string): string {
  const bare = icon.replace(/Icon$/, '');
  const words = bare.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return acts[bare] ?? words.replace(/^./, (c) => c.toUpperCase());
}

/** calm is how long changes of the page are collected, in milliseconds. */
const calm = 200;

/** useNames names the buttons and links of Perses' components that have an icon and nothing else, for people who hear the page: some come without a name. */
export function useNames(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        document.querySelectorAll<HTMLElement>('button, a').forEach(name);
      }, calm);
    };
    const observer = new MutationObserver(later);
    observer.observe(document.body, { childList: true, subtree: true });
    later();
    return () => {
      observer.disconnect();
      clearTimeout(timer);
    };
  }, []);
}

function name(button: HTMLElement): void {
  const ours = button.dataset.named !== undefined;
  const named = button.ariaLabel || button.getAttribute('aria-labelledby') || button.title || button.textContent?.trim();
  if (named && !ours) return;
  const icon = button.querySelector('svg')?.dataset.testid;
  const wanted = button.getAttribute('name') || (icon && nameOfIcon(icon));
  if (!wanted || button.ariaLabel === wanted) return;
  button.ariaLabel = wanted;
  button.dataset.named = '';
}
