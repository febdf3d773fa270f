import { useSyncExternalStore } from 'react';

import { basePath } from './base';
import type { Source } from './delivery';

/** Events is what the stream of the delivery API told last. */
export interface Events {
  /** The state of every source; undefined before the first event. */
  sources: Source[] | undefined;
  /** Another one with each event: a key for whatever is to be asked again when something changed. */
  version: string;
  state: 'connecting' | 'open' | 'lost';
}

const patience = 3000;

// One stream serves the whole page: browsers allow six connections to a server, and each tab has one stream.
class Stream {
  private events: Events = { sources: undefined, version: '', state: 'connecting' };
  private listeners = new Set<() => void>();
  private stream: EventSource | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;

  readonly current = (): Events => this.events;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (!this.stream && !this.retry) this.open();
    return () => {
      this.listeners.delete(listener);
      // A page that follows the one before subscribes in the same moment; its stream is to be this one.
      setTimeout(() => this.listeners.size === 0 && this.close(), 0);
    };
  };

  private open(): void {
    this.retry = undefined;
    const stream = new EventSource(`${basePath}/api/delivery/v1/events`);
    stream.addEventListener('status', (event) => {
      this.tell({ sources: JSON.parse(event.data as string) as Source[], version: event.lastEventId, state: 'open' });
    });
    stream.addEventListener('error', () => this.lost());
    this.stream = stream;
  }

  // EventSource tries again by itself after some errors only; one way for all of them is simpler.
  private lost(): void {
    this.close();
    this.tell({ ...this.events, state: 'lost' });
    if (this.listeners.size > 0) this.retry = setTimeout(() => this.open(), patience);
  }

  private close(): void {
    clearTimeout(this.retry);
    this.retry = undefined;
    this.stream?.close();
    this.stream = undefined;
  }

  private tell(events: Events): void {
    this.events = events;
    for (const listener of this.listeners) listener();
  }
}

const stream = new Stream();

/** useEvents follows the delivery API while the component is shown. */
export function useEvents(): Events {
  return useSyncExternalStore(stream.subscribe, stream.current);
}
