// The shapes of the delivery API, as docs/reference/delivery-api.md has them. Times are RFC 3339 texts.

export interface Problem {
  code: string;
  severity: string;
  origin?: string;
  line?: number;
  column?: number;
  path?: string;
  message: string;
  hint?: string;
}

export interface Owner {
  source: string;
  origin: string;
  revision?: string;
  since: string;
  writable?: boolean;
  until?: string;
}

export interface Hold {
  id: string;
  reason: string;
  deletions: string[];
}

export interface Pin {
  revision: string;
  untilNewer?: boolean;
  since: string;
  configured?: boolean;
}

export interface Source {
  name: string;
  kind: string;
  location: string;
  state: string;
  reason?: string;
  revision?: string;
  since: string;
  lastAttempt?: string;
  lastSuccess?: string;
  documents: number;
  counts?: Record<string, number>;
  problems?: Problem[];
  hold?: Hold;
  pin?: Pin;
}

export interface Document {
  source: string;
  origin: string;
  index: number;
  object?: { kind: string; namespace: string; name: string; uid: string };
  kind?: string;
  project?: string;
  name?: string;
  outcome: string;
  since: string;
  problems?: Problem[];
  winner?: string;
  awaits?: string;
}

export interface Version {
  version: number;
  at: string;
  why: string;
  source: string;
  origin?: string;
  revision?: string;
  pinned?: boolean;
}

export interface Release {
  revision: string;
  version?: string;
  author?: string;
  commit?: string;
  key?: string;
  at: string;
  seconds: number;
  documents: number;
  changes?: Record<string, number>;
  serving?: boolean;
  pinned?: boolean;
}

export interface ResourceStatus {
  kind: string;
  project?: string;
  name: string;
  managed: boolean;
  owner?: Owner;
  unreadable?: string;
  documents: Document[];
  history: Version[];
}

export interface FieldChange {
  path: string;
  before?: string;
  after?: string;
}

export interface Change {
  action: string;
  kind: string;
  project?: string;
  name: string;
  fields?: FieldChange[];
}

export interface Preview {
  changes: Change[];
}

export interface Run {
  at: string;
  revision?: string;
  version?: string;
  seconds: number;
  changes: Record<string, number>;
}

export interface History {
  releases?: Release[];
  runs?: Run[];
  versions?: Version[];
}

export interface Excerpt {
  source: string;
  origin: string;
  concealed?: string;
  first?: number;
  lines?: string[];
  line?: number;
  column?: number;
  total?: number;
}

export interface Comparison {
  from: string;
  to: string;
  changes: Change[];
  concealed?: string;
  before?: unknown;
  after?: unknown;
}
