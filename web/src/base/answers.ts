// answers.ts - what the node answers: made from the description of its API by web/types.mjs, not written

export interface Access {
  at: string;
  role: string;
  mission: string;
  action: string;
  subject: string;
  reason: string;
}

export interface AccessList {
  access: Access[];
}

export interface Account {
  holder: string;
  iban: string;
  bic?: string;
  bank?: string;
}

export interface AccountPage {
  account?: Account;
  proposals: Proposal[];
}

export interface ActionName {
  action: string;
  does: string;
}

export interface Age {
  /** At most so many days; the last one is of what is older. */
  days?: number;
  n: number;
}

export interface Agreement {
  code: string;
  title: Names;
  basis: Names;
  from?: string;
  until?: string;
  in_force: boolean;
}

export interface Aim {
  code: string;
  title: Names;
  owner: string;
  measure: string;
  target: number;
  from?: string;
  until?: string;
  pursued: boolean;
  done: number;
  last?: string;
}

export interface Aimless {
  action: string;
  partner: string;
  acts: number;
}

export interface Aims {
  aims: Aim[];
  capabilities: Capability[];
  without_aim: Aimless[];
}

export interface AppointmentAsk {
  id: string;
  round: string;
  state: string;
  closes: string;
  wishes: string[];
  any: boolean;
  class: number;
  drawn?: string;
  place?: number;
  waiting?: number;
}

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

export interface Asking {
  id: string;
  service: string;
  since: string;
  messages: number;
  unread: number;
}

export interface AskingList {
  cases: Asking[];
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

export interface BankEntry {
  id: string;
  entry: string;
  day: string;
  amount: number;
  currency: string;
  reference?: string;
  case?: string;
  state: "matched" | "unknown" | "paid" | "partial" | "over" | "repaid";
  surplus?: number;
  told: Told;
}

export interface BankEntryList {
  entries: BankEntry[];
  proposals: Proposal[];
}

export interface BlankCount {
  kind: "booklet" | "sticker";
  book: number;
  counted: number;
  missing: string[];
  reason?: string;
}

export interface BlankGone {
  kind: "booklet" | "sticker";
  number: string;
  fate: "used" | "spoilt" | "missing";
  case?: string;
  reason?: string;
  at: string;
  by: string;
}

export interface BlankKind {
  kind: "booklet" | "sticker";
  left: number;
  /** How many went in the last thirty days. */
  month: number;
  low: boolean;
  next?: string;
}

export interface BlankKinds {
  kinds: BlankKind[];
}

export interface BlankSeries {
  id: string;
  kind: "booklet" | "sticker";
  first: string;
  last: string;
  next?: string;
  left: number;
  received: string;
}

export interface Board {
  day: string;
  waiting: number;
  called: Called[];
}

export interface Booking {
  id: string;
  /** As the mission's clocks show it. */
  at: string;
  starts: string;
  ends: string;
  counter: number;
  state: "offered" | "booked" | "arrived";
  until?: string;
}

export interface Calendar {
  days: Holiday[];
  signed: CalendarSigned[];
}

export interface CalendarSigned {
  year: number;
  by: string;
  at: string;
}

export interface Called {
  number: number;
  counter: number;
}

export interface Capability {
  code: string;
  title: Names;
  unit: string;
  total: number;
  free: number;
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

export interface CashClosing {
  at: string;
  proposed_by: string;
  confirmed_by: string;
  statement: CashStatement;
}

export interface CashGlance {
  closed?: string;
  proposed_by?: string;
  confirmed_by?: string;
  open_since?: string;
}

export interface CashSheet {
  mission: string;
  today: string;
  from: string;
  day: string;
  cash: Drawer[];
  totals: CashTotal[];
  movements: Movement[];
  closing?: CashClosing;
  proposals?: Proposal[];
}

export interface CashStatement {
  what: string;
  mission: string;
  from: string;
  day: string;
  cash: CountedDrawer[];
  totals: CashTotal[];
}

export interface CashTotal {
  currency: string;
  how: string;
  in: number;
  out: number;
  n: number;
}

export interface ChannelClosing {
  at: string;
  by: string;
  was: string;
  standing: string;
  closed: "both" | "one" | "waits";
  ours?: ClosingSide;
  theirs?: ClosingSide;
}

export interface Clause {
  id: string;
  title?: string;
  basis?: string;
  reason?: string;
  failed?: string[];
}

export interface ClosedDay {
  day: string;
  at: string;
  proposed_by: string;
  confirmed_by: string;
  statement: CashStatement;
}

export interface ClosedDays {
  closings: ClosedDay[];
}

export interface ClosingSide {
  sent: number;
  received: number;
  proof?: string;
}

export interface Conflict {
  what: string;
  where: string;
  old?: unknown;
  ours?: unknown;
  theirs?: unknown;
}

export interface Contact {
  id: string;
  at: string;
  ended?: string;
  said: ContactSaid;
}

export interface ContactSaid {
  name: string;
  office?: string;
  phone?: string;
  email?: string;
  note?: string;
}

export interface CostLine {
  mission: string;
  service: string;
  cases: number;
  seconds: number;
  paper_seconds?: number;
  saved_seconds?: number;
  currency?: string;
  cost?: number;
  saved?: number;
}

export interface Costs {
  cap_seconds: number;
  rates: Rate[];
  paper: PaperTime[];
  lines: CostLine[];
}

export interface CountStatement {
  what: string;
  mission: string;
  counts: BlankCount[];
}

export interface CountedDrawer {
  currency: string;
  carried: number;
  in: number;
  out: number;
  expected: number;
  counted: number;
  deposited: number;
  difference: number;
  reason?: string;
}

export interface CountryFile {
  country: string;
  contacts: Contact[];
  pledges: Pledge[];
  exchanged: Exchanged[];
  history: Happened[];
}

export interface CountryGlance {
  country: string;
  services: ServiceCounts[];
  decided: number;
  within_promise: number;
  people: number;
  documents: number;
  days: DayCounts[];
  packages: GivenPackage[];
  protected: Protected[];
}

export interface Coverage {
  countries: Covered[];
}

export interface Covered {
  country: string;
  authority: string;
  resident: boolean;
}

export interface DayCounts {
  day: string;
  applications: number;
  documents: number;
}

export interface DecidedYear {
  n: number;
  within_promise: number;
  mean_hours: number;
}

export interface Decision {
  policy: string;
  by: Clause[];
  near: Clause[];
  /** Would undertakings change the answer? */
  curable: boolean;
  /** To which the officer would have to agree. */
  undertakings?: string[];
}

export interface Delegation {
  id: string;
  state: "proposed" | "to-come" | "in-force" | "ended";
  role: string;
  from: string;
  until: string;
  officer?: string;
  colleague?: string;
  proposer?: string;
  /** Canonical JSON: what is signed. */
  statement?: string;
  next?: NextAct[];
}

export interface DelegationList {
  delegations: Delegation[];
}

export interface Drawer {
  currency: string;
  carried: number;
  in: number;
  out: number;
  expected: number;
}

export interface Engagement {
  id: string;
  action: string;
  at: string;
  ended?: string;
  said: EngagementSaid;
}

export interface EngagementSaid {
  title?: string;
  undertakings?: string[];
  aim?: string;
  urgent?: boolean;
}

export interface Exchanged {
  action: string;
  all: number;
  year: number;
  open: number;
}

export interface FeeAmount {
  at: string;
  amount: number;
  label?: string;
  key?: string;
  when: FeeChoice[];
}

export interface FeeCase {
  name: string;
  fee: unknown;
}

export interface FeeChoice {
  rule?: unknown;
  before: unknown[];
}

export interface FeeSum {
  currency: string;
  amount: number;
  payments: number;
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

export interface GivenPackage {
  name: string;
  version: string;
  state: string;
  at: string;
  cases: number;
}

export interface Happened {
  at: string;
  action: string;
  subject?: string;
  said: HappenedSaid;
}

export interface HappenedSaid {
  title?: string;
  text?: string;
  name?: string;
  standing?: string;
}

export interface Holiday {
  day: string;
  name: string;
}

export interface Incident {
  id: string;
  kind: "security" | "safety" | "service" | "property" | "other";
  severity: "low" | "high" | "critical";
  at: string;
  what: string;
  where?: string;
  reporter?: string;
  owner?: string;
  closed?: string;
  learnt?: string;
  next: NextAct[];
}

export interface IncidentList {
  incidents: Incident[];
  record: NextAct;
}

export interface Item {
  id: string;
  text: string;
  amount: number;
}

export interface Journal {
  epoch: number;
  size: number;
  entries: JournalEntry[];
  before?: number;
  actions: ActionName[];
}

export interface JournalEntry {
  epoch: number;
  index: number;
  at: string;
  /** The moment at which it truly happened, as the officer says. */
  claimed?: string;
  action: string;
  does: string;
  subject?: string;
  permit: boolean;
  as: string;
  who?: string;
  mission?: string;
  role?: string;
  /** Whose role was lent. */
  behalf?: string;
}

export interface JournalPage {
  epoch: number;
  index: number;
  at: string;
  /** The moment at which it truly happened, as the officer says. */
  claimed?: string;
  action: string;
  does: string;
  subject?: string;
  permit: boolean;
  as: string;
  who?: string;
  mission?: string;
  role?: string;
  /** Whose role was lent. */
  behalf?: string;
  policy: string;
  by: Clause[];
  decision?: Decision;
  entry: Record<string, unknown>;
}

export interface Letter {
  state: string;
  title: string;
  name: string;
  url: string;
  issued: string;
  languages: string[];
  contacts: string[];
  serial: number;
  from: string;
  until: string;
}

export interface Measured {
  id: string;
  decided: string;
  work: Worked[];
}

export interface MeasuredList {
  cases: Measured[];
  before?: string;
}

export interface Message {
  message: number;
  at: string;
  role: string;
  text: string;
  seen?: string;
  files?: Attachment[];
}

export interface MinistryGlance {
  missions: MissionLine[];
  ages: Age[];
  satisfaction: Satisfaction;
  next: NextAct[];
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

export interface MissionGlance {
  mission: string;
  work: WorkLine[];
  ages: Age[];
  decided: DecidedYear;
  fees: FeeSum[];
  documents: number;
  officers: number;
  appointments: Visits;
  satisfaction: Satisfaction;
  cash: CashGlance;
  next: NextAct[];
  stock: BlankKinds;
}

export interface MissionLine {
  mission: string;
  open: number;
  overdue: number;
  decided: number;
  within_promise: number;
}

export interface MissionList {
  missions: Mission[];
}

export interface MissionPage {
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
  serves: Served[];
  open?: Opening;
}

export interface MovedCase {
  name: string;
  expected: Record<string, unknown>;
  got: Record<string, unknown>;
}

export interface MovedCases {
  cases: MovedCase[];
}

export interface Movement {
  day: string;
  number: number;
  at: string;
  how: string;
  amount: number;
  currency: string;
  case?: string;
  reference: string;
}

export interface Named {
  id: string;
  text: string;
}

export type Names = Record<string, string>;

export interface NextAct {
  action: string;
  /** Why the policy would say no. */
  refused?: Decision;
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

export type Nobody = Record<string, never>;

export interface Notices {
  progress: boolean;
  rating: boolean;
}

export interface Officer {
  id: string;
  name: string;
  mission: string;
  roles: string[];
  state: string;
  language: string;
}

export interface OfficerList {
  officers: Officer[];
}

export interface OpenRound {
  id: string;
  closes: string;
  slots: Slot[];
}

export interface Opening {
  hours: Span[];
  telephone?: string;
  emergency?: string;
  address?: string;
}

export interface Organisation {
  code: string;
  name: Names;
}

export interface Package {
  id: string;
  name: string;
  version: string;
  giver: string;
  state: string;
  content: string;
  installed: string;
  overlay: boolean;
  conflicts: boolean;
  proposed?: string;
}

export interface PackageEvent {
  event: string;
  at: string;
  officer?: string;
  name?: string;
}

export interface PackageFees {
  name: string;
  version: string;
  currency?: string;
  amounts: FeeAmount[];
  words: Record<string, string>;
  cases: FeeCase[];
}

export interface PackageHere {
  proposed?: PackageProposed;
  next: NextAct[];
}

export interface PackageList {
  packages: Package[];
}

export interface PackagePage {
  id: string;
  name: string;
  version: string;
  giver: string;
  digest: string;
  content: string;
  state: string;
  overlay: boolean;
  conflicts?: Conflict[];
  history: PackageEvent[];
  here: PackageHere;
}

export interface PackageProposed {
  what: string;
  proposer?: string;
  own: boolean;
}

export interface PaperTime {
  service: string;
  minutes: number;
  source: string;
  at: string;
}

export interface Partner {
  code: string;
  name: Names;
  recognised: boolean;
  sanctioned: boolean;
  adequate: boolean;
  accreditation: string;
  balance: number;
  node?: PartnerNode;
  next: StandingStep[];
  closings: ChannelClosing[];
  organisations: Organisation[];
  agreements: Agreement[];
  engagements: Engagement[];
}

export interface PartnerList {
  partners: PartnerRow[];
}

export interface PartnerNode {
  standing: string;
  since: string;
  proposed?: string;
  statement?: string;
  proposal?: StandingProposal;
  name?: string;
  url?: string;
  serial?: number;
  witness?: string;
  fingerprint?: string[];
}

export interface PartnerRow {
  code: string;
  name: Names;
  recognised: boolean;
  sanctioned: boolean;
  adequate: boolean;
  accreditation: string;
  given: number;
  received: number;
}

export interface Payment {
  at: string;
  amount: number;
  currency: string;
  how: string;
  /** The number of a receipt is there if an officer took it. */
  receipt?: string;
}

export interface Person {
  id: string;
  profile?: Profile;
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

export interface Pledge {
  id: string;
  at: string;
  due: string;
  outcome?: "kept" | "broken" | "released";
  settled?: string;
  settling?: Settling;
  said: PledgeSaid;
}

export interface PledgeSaid {
  by: "us" | "them";
  text: string;
  due: string;
  basis?: string;
}

export interface Policy {
  digest: string;
  policies: PolicyRow[];
  statement?: string;
}

export interface PolicyFiles {
  id: string;
  digest: string;
  proposer?: string;
  proposed: string;
  confirmer?: string;
  adopted?: string;
  in_force: boolean;
  own: boolean;
  statement: string;
  files: TextFile[];
}

export interface PolicyList {
  policies: PolicyProposal[];
}

export interface PolicyProposal {
  id: string;
  digest: string;
  proposer?: string;
  proposed: string;
  confirmer?: string;
  adopted?: string;
  in_force: boolean;
  own: boolean;
}

export interface PolicyRow {
  id: string;
  title?: string;
  basis?: string;
  reason?: string;
  effect: "permit" | "forbid";
  says?: string;
  text: string;
}

export interface Profile {
  surname?: string;
  given_names?: string;
  surname_latin?: string;
  given_names_latin?: string;
  birth_date?: string;
  nationality?: string;
  residence?: string;
  phone?: string;
  language?: string;
  email?: string;
  sms?: string;
  identity_number?: string;
  passport_number?: string;
  /** What an officer saw who entered or corrected the record. */
  evidence?: string;
}

export interface Proposal {
  id: string;
  mission: string;
  what: "account" | "cash" | "repayment" | "spoilt" | "count";
  /** Canonical JSON: what is signed. */
  statement: string;
  proposed: string;
  by: string;
  mine: boolean;
}

export interface ProposalList {
  proposals: Proposal[];
}

export interface Protected {
  by: "us" | "them";
  state: string;
  persons: number;
}

export interface Queue {
  cases: Waiting[];
  /** Where the next page begins. */
  next?: string;
}

export interface Rate {
  mission: string;
  per_hour: number;
  source: string;
  at: string;
  currency: string;
}

export interface Receipt {
  epoch: number;
  index: number;
  journal?: string;
}

export interface RegisterFile {
  file: string;
  rows: number;
  at: string;
  by: string;
}

export interface RegisterList {
  files: RegisterFile[];
}

export interface Repaid {
  amount: number;
  currency: string;
  how: "cash" | "transfer";
  reference: string;
}

export interface Representation {
  id: string;
  person: string;
  name: string;
  company?: boolean;
  kind: "guardian" | "family" | "representative" | "director";
  /** Names of services with commas; all where it is empty. */
  services: string;
  until: string;
  state: "active" | "ended";
}

export interface Representations {
  for: Representation[];
  by: Representation[];
}

export interface Round {
  id: string;
  service: string;
  state: "open" | "drawn";
  closes: string;
  from: string;
  to: string;
  asks: number;
  waiting: number;
}

export interface RoundList {
  rounds: Round[];
}

export interface Satisfaction {
  /** Below so many ratings nothing is told. */
  fewest: number;
  n?: number;
  content?: number;
  mean?: number;
}

export interface Served {
  country: string;
  service?: string;
}

export interface ServiceCounts {
  service: string;
  all: number;
  year: number;
  in_hand: number;
  waits: number;
  overdue: number;
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

export interface Session {
  id: string;
  as: "person" | "officer";
  /** Signed in with a key of their own, not with a code alone. */
  strong: boolean;
  mission?: string;
  roles?: string[];
}

export interface SessionList {
  sessions: SessionRow[];
}

export interface SessionRow {
  id: string;
  created: string;
  expires: string;
  current: boolean;
}

export interface Settling {
  outcome?: string;
  note?: string;
}

export interface Similar {
  id: string;
  mission: string;
  state: string;
  filed: string;
  why: "same-person" | "same-name-or-number";
  state_text?: string;
}

export interface Slot {
  at: string;
  places: number;
}

export interface Span {
  /** 0 is Sunday. */
  days: number[];
  from: string;
  to: string;
}

export interface Standing {
  /** The mission gives appointments for the service. */
  given: boolean;
  may: boolean;
  /** The states in which one may ask, in words, where this is none of them. */
  when?: string[];
  round?: OpenRound;
  free?: string[];
  /** 1: after a missed one, -1: after one that the mission took back. */
  class?: number;
  ask?: AppointmentAsk;
  appointment?: Booking;
}

export interface StandingProposal {
  at: string;
  proposer?: string;
  own: boolean;
  reason?: string;
  letter?: Letter;
}

export interface StandingStep {
  action: string;
  standing: string;
  letter?: "needed" | "possible";
  refused?: Decision;
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
  repayment?: Repaid;
  /** Of a correction: which fields; of another step: its texts by their names. */
  fields?: string[] | Record<string, string>;
}

export interface Stock {
  kinds: BlankKind[];
  series: BlankSeries[];
  gone: BlankGone[];
  counts: StockCounted[];
  proposals: Proposal[];
}

export interface StockCounted {
  at: string;
  proposed_by: string;
  confirmed_by: string;
  statement: CountStatement;
}

export interface TextFile {
  name: string;
  text: string;
}

export interface Ticket {
  number: number;
  service?: string;
  state: "waiting" | "called" | "served" | "absent";
  counter?: number;
  taken: string;
  called?: string;
}

export interface TicketList {
  day: string;
  tickets: Ticket[];
}

export interface Told {
  payer?: string;
  text?: string;
}

export interface Visit {
  case: string;
  service: string;
  state: "booked" | "arrived" | "served" | "missed";
  at: string;
  starts: string;
  counter: number;
  urgent: boolean;
}

export interface VisitList {
  appointments: Visit[];
}

export interface Visits {
  to_come: number;
  served: number;
  missed: number;
}

export interface Waiting {
  id: string;
  service: string;
  state: string;
  state_text?: string;
  country: string;
  due: string;
  filed: string;
  officer?: string;
}

export type Who = Session | Nobody;

export interface WorkLine {
  service: string;
  state: string;
  state_text: string;
  turn: string;
  n: number;
  overdue: number;
  oldest_due: string;
}

export interface Worked {
  at: string;
  action: string;
  mission: string;
  seconds: number;
  epoch: number;
  index: number;
}

/** By the name of the action. */
export interface Answer {
  "account.show": AccountPage;
  "aim.list": Aims;
  "appointment.day": VisitList;
  "appointment.rounds": RoundList;
  "appointment.show": Standing;
  "calendar.show": Calendar;
  "case.examine": CaseFile;
  "case.list": CaseList;
  "case.show": CaseFile;
  "cash.list": ClosedDays;
  "cash.show": CashSheet;
  "cost.cases": MeasuredList;
  "cost.show": Costs;
  "country.file": CountryFile;
  "country.glance": CountryGlance;
  "delegation.list": DelegationList;
  "desk.messages": AskingList;
  "desk.queue": Queue;
  "entry.list": BankEntryList;
  "incident.list": IncidentList;
  "journal.list": Journal;
  "journal.show": JournalPage;
  "ministry.glance": MinistryGlance;
  "mission.coverage": Coverage;
  "mission.glance": MissionGlance;
  "mission.list": MissionList;
  "mission.responsible": Authority;
  "mission.show": MissionPage;
  "officer.list": OfficerList;
  "package.fees": PackageFees;
  "package.fees-weigh": PackageFees;
  "package.list": PackageList;
  "package.settle-weigh": MovedCases;
  "package.show": PackagePage;
  "partner.list": PartnerList;
  "partner.show": Partner;
  "person.access": AccessList;
  "person.notice-list": Notices;
  "person.show": Person;
  "policy.files": PolicyFiles;
  "policy.list": PolicyList;
  "policy.show": Policy;
  "proposal.list": ProposalList;
  "register.list": RegisterList;
  "representative.list": Representations;
  "representative.show": Representations;
  "service.ask": Asked;
  "service.form": ServiceForm;
  "service.list": ServiceList;
  "session.list": SessionList;
  "session.show": Who;
  "stock.show": Stock;
  "ticket.board": Board;
  "ticket.list": TicketList;
}
