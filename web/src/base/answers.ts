// answers.ts - what the node answers: made from the description of its API by web/types.mjs, not written

export interface Asked {
  service: string;
  version: string;
  fee: {
    amount: number;
    currency: string;
    items: Item[];
    waivers: Named[];
  };
  documents: Named[];
  pages: AskedPage[];
  promise_days: number;
  /** All of them, where no answers were given; else which do not hold. */
  conditions?: Named[];
  eligible?: boolean;
  reasons?: Named[];
}

export interface AskedPage {
  id: string;
  title: string;
  fields: string[];
  repeat?: {
    at: string;
    min: number;
    max: number;
    text: string;
  };
}

export interface Attachment {
  id: string;
  size: number;
  type: string;
  name: string;
}

export interface Authority {
  country: string;
  authority: string;
  resident?: boolean;
  mission?: Mission;
}

export interface CaseDocument {
  id: string;
  number: string;
  state: string;
}

export interface CaseFile {
  id: string;
  service: string;
  country: string;
  mission: string;
  channel: "online" | "counter" | "post";
  state: string;
  state_text: string;
  revision: number;
  answers: Record<string, unknown>;
  attachments: Attachment[];
  documents: CaseDocument[];
  steps: Step[];
  next: NextStep[];
  messages: Message[];
  received?: string;
  received_time?: string;
  turn?: "person" | "officer" | "node";
  until?: string;
  filed?: string;
  clock_paused?: boolean;
  due?: string;
  /** Who is awaited, since when, how many working days over the promise. */
  waits?: {
    for: "person" | "mission" | "ministry" | "node";
    since: string;
    taken: boolean;
    late: number;
  };
  fee?: {
    amount: number;
    currency: string;
    paid: number;
    owed: number;
  };
  payments?: Payment[];
  awaits?: "person" | "mission";
  remarks?: Message[];
  /** There once it may be given; with the score once it was. */
  rating?: {
    score?: number;
    text?: string;
  };
  /** To an officer: cases of the same service that may be the same one. */
  similar?: Similar[];
}

export interface CaseList {
  cases: CaseRow[];
  next?: string;
}

export interface CaseRow {
  id: string;
  /** Somebody else, for whom the person acts. */
  for?: string;
  service: string;
  mission: string;
  state: string;
  due: string;
  updated: string;
  state_text?: string;
}

export interface Clause {
  id: string;
  title?: string;
  basis?: string;
  reason?: string;
  failed?: string[];
}

export interface Decision {
  by?: Clause[];
  near?: Clause[];
}

export interface FormSchema {
  type?: string;
  enum?: string[];
  required?: string[];
  properties?: Record<string, FormSchema>;
  items?: FormSchema;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  format?: string;
}

export interface Item {
  id: string;
  text: string;
  amount: number;
}

export interface Message {
  message: number;
  at: string;
  role: string;
  text: string;
  seen?: string;
  files?: Attachment[];
}

export interface Mission {
  code: string;
  kind: string;
  country: string;
  zone: string;
  currency: string;
  name: {
    en: string;
    ar: string;
    fr: string;
  };
  closed?: string;
}

export interface MissionList {
  missions: Mission[];
}

export interface Named {
  id: string;
  text: string;
}

export interface NextStep {
  event: string;
  action: string;
  text: string;
  asks?: {
    name: string;
    text: string;
  }[];
  waits_for_fee?: boolean;
  /** To an officer: why the policy would say no. */
  refused?: Decision;
}

export interface Payment {
  at: string;
  amount: number;
  currency: string;
  how: string;
  /** The number of a receipt is there if an officer took it. */
  receipt?: string;
}

export interface PlanField {
  at: string;
  kind: string;
  label?: string;
  help?: string;
  dates?: string[];
  when?: unknown;
}

export interface PlanPage {
  id: string;
  title: string;
  fields: PlanField[];
  help?: string;
  when?: unknown;
  repeat?: {
    at: string;
    min: number;
    max: number;
    item: string;
  };
}

export interface Receipt {
  epoch: number;
  index: number;
  journal?: string;
}

export interface ServiceForm {
  service: {
    name: string;
    version: string;
    promise_days: number;
    legal_basis: string[];
    audience: string;
    applicants?: ("person" | "company")[];
  };
  form: FormSchema;
  pages: PlanPage[];
  words: Record<string, Record<string, string>>;
  rules?: Record<string, unknown>;
  workflow?: Record<string, unknown>;
}

export interface ServiceList {
  services: ServiceRow[];
}

export interface ServiceRow {
  name: string;
  version: string;
  title: string;
  lead: string;
  audience: string;
  life_events: string[];
  keywords: string[];
  promise_days: number;
}

export interface Similar {
  id: string;
  mission: string;
  state: string;
  filed: string;
  why: "same-person" | "same-name-or-number";
  state_text?: string;
}

export interface Step {
  step: number;
  at: string;
  event: string;
  text: string;
  role: string;
  receipt: Receipt;
  mission?: string;
  note?: StepNote;
}

export interface StepNote {
  text?: string;
  fields?: string[];
}

/** By the name of the action. */
export interface Answer {
  "case.examine": CaseFile;
  "case.list": CaseList;
  "case.show": CaseFile;
  "mission.list": MissionList;
  "mission.responsible": Authority;
  "service.ask": Asked;
  "service.form": ServiceForm;
  "service.list": ServiceList;
}
