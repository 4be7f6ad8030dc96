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

export interface Advice {
  action: string;
  line?: boolean;
  refused?: Decision;
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

export interface AgreementChanged {
  code: string;
  title: string;
  basis: string;
  was: boolean;
  is: boolean;
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

export interface AppointmentRule {
  service: string;
  rule: VisitRule;
}

export interface AppointmentRules {
  rules: AppointmentRule[];
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

export interface Assigned {
  countries: number;
  receipt: Receipt;
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
  channel: "online" | "counter" | "post" | "partner";
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

/** The first page has the versions, too. */
export interface CaseIndex {
  packages?: ServiceVersion[];
  cases: string[];
  next?: string;
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

/** What an officer signs, and what the seal will say. */
export interface CaseStatement {
  statement: string;
  seal: SealContent;
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

export interface Challenge {
  challenge: string;
  rp: string;
}

/** In which state it is now. */
export interface Changed {
  state: string;
  receipt: Receipt;
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

export interface ClauseChanged {
  id: string;
  title?: string;
  basis?: string;
  reason?: string;
  effect: "permit" | "forbid";
  change: "new" | "changed" | "gone";
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

export interface CodeSent {
  message: string;
}

export interface Comparison {
  in_force: string;
  draft: string;
  agreements: AgreementChanged[];
  clauses: ClauseChanged[];
  rows: Consequence[];
  decisions: Otherwise[];
  looked_at: number;
  changed: number;
  closed: number;
  more: boolean;
}

export interface Conflict {
  what: string;
  where: string;
  old?: unknown;
  ours?: unknown;
  theirs?: unknown;
}

export interface Consequence {
  change: "gains" | "loses" | "harder" | "easier" | "other";
  action: string;
  does: string;
  principal: string;
  states?: string[];
  when?: string;
  was: Verdict;
  is: Verdict;
}

/** Hashes by which one state of the log is shown to extend another (RFC 6962, 2.1.2). */
export interface ConsistencyProof {
  proof: string[];
}

export interface Consultation {
  by: string;
  text: string;
  at?: string;
  proposal?: {
    statement: string;
    seal: SealContent;
  };
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

/** A letter of credence and the keys that it vouches for, as signed notes. */
export interface CredenceFile {
  credence: string;
  keyset: string;
}

export interface DayCounts {
  day: string;
  applications: number;
  documents: number;
}

export interface DaysAdopted {
  days: number;
  receipt: Receipt;
}

export interface DecidedGift {
  title?: string;
  ended: boolean;
}

export interface DecidedPlace {
  id: string;
  service: string;
  mission: string;
  state: string;
  country: string;
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

/** OpenAPI 3.1 */
export type Description = Record<string, unknown>;

export interface Dispatch {
  id: string;
  partner: string;
  direction: "sent" | "received";
  kind: string;
  at: string;
  correlation: string;
  state: string;
  sealed?: boolean;
  key?: "held" | "given";
  index?: number;
  reason?: unknown;
}

export interface DispatchFile {
  id: string;
  partner: string;
  direction: "sent" | "received";
  kind: string;
  at: string;
  correlation: string;
  state: string;
  sealed?: boolean;
  key?: "held" | "given";
  index?: number;
  reason?: unknown;
  content?: Record<string, unknown>;
  bytes?: number;
}

export interface DispatchList {
  dispatches: Dispatch[];
  contradiction?: HeadPair;
}

export interface Document {
  id: string;
  number: string;
  service: string;
  state: string;
  issued: string;
  seal?: string;
}

export interface DocumentStatus {
  number: string;
  status: string;
  since?: string;
  at: string;
}

export interface Draft {
  id: string;
  state: string;
  revision: number;
  mission: string;
}

/** A round, so that anybody does the draw again (docs/appointments.md). */
export interface Draw {
  format: string;
  state: string;
  opening: string;
  proof?: string;
  consistency?: string[];
  seed?: string;
  head?: Record<string, unknown>;
  asks?: DrawAsk[];
  result?: DrawResult[];
}

export interface DrawAsk {
  ask: string;
  wishes: string[];
  any: boolean;
  class: number;
}

export interface DrawResult {
  ask: string;
  slot?: string;
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

/** How to pay; page: also on a page of its own. */
export interface FeeOrder {
  reference: string;
  amount: number;
  currency: string;
  mission: string;
  account?: Account;
  page: boolean;
  receipt: Receipt;
}

export interface FeeSum {
  currency: string;
  amount: number;
  payments: number;
}

export interface FieldError {
  pointer: string;
  detail: string;
}

/** A file that was taken in. */
export interface File {
  id: string;
  size: number;
  type: string;
  receipt: Receipt;
}

export interface ForeignTrust {
  state: string;
  code: string;
  number: number;
  at: string;
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

/** A person or a company; the address is masked. */
export interface Found {
  id: string;
  surname?: string;
  given_names?: string;
  surname_latin?: string;
  given_names_latin?: string;
  birth_date?: string;
  nationality?: string;
  kind?: "company";
  name?: string;
  name_latin?: string;
  form?: string;
  register?: string;
  register_number?: string;
  country?: string;
  seat?: string;
  email?: string;
  identified: boolean;
}

export interface FoundDocument {
  id: string;
  number: string;
  service: string;
  case: string;
  state: string;
  issued: string;
}

export interface FoundList {
  persons: Found[];
  receipt: Receipt;
}

export interface Gift {
  dispatch: string;
  direction: "given" | "received";
  name?: string;
  version?: string;
  state?: string;
  reason?: string;
  record?: string;
  at: string;
}

export interface GiftList {
  packages: Gift[];
}

export interface GivenPackage {
  name: string;
  version: string;
  state: string;
  at: string;
  cases: number;
}

export interface Guest {
  id: string;
  state: string;
  name: string;
  subject: string;
  may: string;
  link: "good" | "revoked" | "expired";
  at: string;
  until: string;
  revoked?: string;
  opened?: string;
  acknowledged?: string;
  answered?: string;
}

export interface GuestFile {
  id: string;
  state: string;
  name: string;
  subject: string;
  may: string;
  link: "good" | "revoked" | "expired";
  at: string;
  until: string;
  revoked?: string;
  opened?: string;
  acknowledged?: string;
  answered?: string;
  email: string;
  text: string;
  answer?: string;
}

export interface GuestList {
  guests: Guest[];
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

export interface HeadPair {
  first: string;
  second: string;
  at?: string;
}

export interface Hold {
  person: string;
  hold: string;
  receipt: Receipt;
}

export interface Holiday {
  day: string;
  name: string;
}

export interface Holidays {
  days: Holiday[];
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

export interface InterestDeclared {
  person: string;
  receipt: Receipt;
}

export interface Item {
  id: string;
  text: string;
  amount: number;
}

export interface Joint {
  id: string;
  organisation: string;
  matter: string;
  at: string;
  members: JointMember[];
}

export interface JointMember {
  state: string;
  dispatch: string;
  id?: string;
}

export interface JointRow {
  id: string;
  matter: string;
  at: string;
}

export interface JointSent {
  id: string;
  organisation: string;
  members: number;
  sent: number;
  receipt: Receipt;
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

export interface KeysToSign {
  state: string;
  name: string;
  serial: number;
  log: string;
  mirror: string;
  witness: string;
  packages: string;
  seal: string;
}

export interface LatinName {
  passport: string;
  reading: string;
}

export interface Layer {
  files: LayerFile[];
}

export interface LayerFile {
  name: string;
  text: string;
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

export interface LetterAdopted {
  serial: number;
  receipt: Receipt;
}

/** What was made, changed or ended, by its id. */
export interface Made {
  id: string;
  receipt: Receipt;
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

export interface MissionAdded {
  code: string;
  receipt: Receipt;
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
  /** What has to be moved before it closes. */
  in_the_way: Obstacle[];
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

/** A case after a step. */
export interface Moved {
  id: string;
  state: string;
  revision: number;
  mission: string;
  due?: string;
  receipt: Receipt;
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

export interface NodeStatus {
  status: string;
}

export interface NoticeStopped {
  stopped: string;
}

export interface Notices {
  progress: boolean;
  rating: boolean;
}

export interface NoticesSet {
  progress: boolean;
  rating: boolean;
  receipt: Receipt;
}

export interface Numbered {
  message: number;
  receipt: Receipt;
}

export interface Obstacle {
  what: "country" | "cases" | "appointments";
  country?: string;
  /** Of that service alone. */
  service?: string;
  n?: number;
  /** Of the first appointment. */
  day?: string;
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

/** With the challenge for one more. */
export interface OfficerPasskeys {
  officer: string;
  rp: string;
  challenge: string;
  passkeys: Passkey[];
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

export interface OrganisationMember {
  state: string;
  standing: string;
}

export interface OrganisationPage {
  code: string;
  name: string;
  member: boolean;
  mandate: string[];
  members: OrganisationMember[];
  notes: JointRow[];
}

/** A decision of the past that would come out otherwise. */
export interface Otherwise {
  epoch: number;
  index: number;
  at: string;
  action: string;
  does: string;
  roles?: string;
  permit: boolean;
  partner?: string;
  case?: DecidedPlace;
  protection?: DecidedPlace;
  engagement?: DecidedGift;
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

export interface PackageGiven {
  id: string;
  partner: string;
  package?: string;
  sent?: boolean;
  receipt: Receipt;
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

export interface PackageTaken {
  id: string;
  name: string;
  version: string;
  giver: string;
  digest: string;
  content: string;
  state: string;
  overlay: boolean;
  conflicts?: Conflict[];
  receipt: Receipt;
}

export interface PaperTime {
  service: string;
  minutes: number;
  source: string;
  at: string;
}

export interface ParcelReceipted {
  partner: string;
  receipted: number;
  closed: boolean;
  receipt: Receipt;
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

export interface Passkey {
  id: string;
  name: string;
  added: string;
  used?: string;
}

export interface PasskeyAdded {
  id: string;
  receipt: Receipt;
}

export interface Pause {
  from: string;
  to: string;
}

export interface Payment {
  at: string;
  amount: number;
  currency: string;
  how: string;
  /** The number of a receipt is there if an officer took it. */
  receipt?: string;
}

export interface PaymentHeard {
  state: string;
}

export interface PaymentPage {
  url: string;
  receipt: Receipt;
}

export interface Person {
  id: string;
  profile?: Profile;
}

export interface PersonExport {
  person: string;
  at: string;
  profile?: Record<string, unknown>;
  cases: CaseFile[];
  access: Access[];
}

/** With the challenge for one more. */
export interface PersonPasskeys {
  person: string;
  rp: string;
  challenge: string;
  passkeys: Passkey[];
}

export interface PlaceAsked {
  ask: string;
  class: number;
  receipt: Receipt;
}

export interface PlaceGiven {
  at: string;
  counter: number;
  receipt: Receipt;
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

export interface PolicyProposed {
  id: string;
  digest: string;
  receipt: Receipt;
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

/** A proposal: what a second officer signs. */
export interface Proposed {
  id: string;
  statement: string;
  receipt: Receipt;
}

export interface Protected {
  by: "us" | "them";
  state: string;
  persons: number;
}

export interface Protection {
  id: string;
  correlation: string;
  partner: string;
  partner_name?: Names;
  direction: "given" | "asked";
  service: string;
  country: string;
  mission: string;
  state: "asked" | "open" | "issued" | "refused";
  at: string;
  consult: Term;
  answer: Term;
  case?: string;
  number?: string;
  reason?: string;
}

export interface ProtectionFile {
  id: string;
  correlation: string;
  partner: string;
  partner_name?: Names;
  direction: "given" | "asked";
  service: string;
  country: string;
  mission: string;
  state: "asked" | "open" | "issued" | "refused";
  at: string;
  consult: Term;
  answer: Term;
  case?: string;
  number?: string;
  reason?: string;
  person: Record<string, string>;
  answers: Record<string, unknown>;
  paper?: string;
  words: Consultation[];
}

export interface ProtectionGiven {
  id: string;
  partner: string;
  protection?: string;
  receipt: Receipt;
}

export interface ProtectionList {
  protections: Protection[];
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

export interface Rated {
  score: number;
  receipt: Receipt;
}

export interface ReadLines {
  format: string;
  code: string;
  issuer: string;
  primary?: string;
  secondary?: string;
  number?: string;
  nationality?: string;
  birth?: string;
  expiry?: string;
  sex?: string;
  wrong: string[];
}

export interface Receipt {
  epoch: number;
  index: number;
  journal?: string;
}

/** It is done; the receipt says where the journal has it. */
export interface Receipted {
  receipt: Receipt;
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

export interface RegisterRow {
  row: number;
  state: "new" | "refused" | "twice" | "duplicate" | "known";
  errors?: FieldError[];
  before?: number;
  persons?: string[];
}

export interface RegisterTrial {
  rows: RegisterRow[];
  receipt: Receipt;
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

export interface Revocation {
  seal: string;
  date: string;
}

/** The signed list of revoked documents. */
export interface Revocations {
  format: string;
  state: string;
  number: number;
  issued: string;
  revoked: Revocation[];
  signature: string;
}

export interface Revoked {
  id: string;
  state: string;
  receipt: Receipt;
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

export interface RoundOpened {
  round: string;
  slots: number;
  receipt: Receipt;
}

export interface RowEntered {
  id: string;
  state: string;
  receipt: Receipt;
}

export interface RuleSet {
  service: string;
  receipt: Receipt;
}

export interface Satisfaction {
  /** Below so many ratings nothing is told. */
  fewest: number;
  n?: number;
  content?: number;
  mean?: number;
}

/** Empty where nothing will be sealed. */
export interface SealContent {
  profile?: string;
  ref?: string;
  messages?: Record<string, string>;
  mrz?: Record<string, string>;
}

export interface Sent {
  id: string;
  partner: string;
  kind: string;
  receipt: Receipt;
}

export interface SeriesReceived {
  id: string;
  n: number;
  receipt: Receipt;
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

export interface ServiceVersion {
  id: string;
  version: string;
  content: string;
  overlay?: unknown;
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

export interface Signable {
  statement: string;
}

export interface SignedIn {
  token: string;
  id: string;
  as: "person" | "officer";
  strong: boolean;
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

export interface StandingChanged {
  partner: string;
  standing: string;
  receipt: Receipt;
}

export interface StandingProposal {
  at: string;
  proposer?: string;
  own: boolean;
  reason?: string;
  letter?: Letter;
}

export interface StandingProposed {
  partner: string;
  standing: string;
  proposed: string;
  statement: string;
  receipt: Receipt;
}

export interface StandingStatement {
  statement: string;
  letter?: Letter;
  fingerprint?: string[];
}

export interface StandingStep {
  action: string;
  standing: string;
  letter?: "needed" | "possible";
  refused?: Decision;
}

/** What is signed. */
export interface Statement {
  id: string;
  statement: string;
}

/** How many entries of a bank’s statement came to each state; left_out: in another currency or not booked. */
export interface StatementTaken {
  matched: number;
  unknown: number;
  known: number;
  left_out: number;
  receipt: Receipt;
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

export interface StepProof {
  step: number;
  proof: string;
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

export interface Term {
  due: string;
  at?: string;
  late: boolean;
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

export interface TicketCalled {
  number: number;
  counter: number;
  receipt: Receipt;
}

export interface TicketEnded {
  number: number;
  state: string;
  receipt: Receipt;
}

export interface TicketList {
  day: string;
  tickets: Ticket[];
}

export interface TicketTaken {
  number: number;
  before: number;
  receipt: Receipt;
}

export interface Told {
  payer?: string;
  text?: string;
}

export interface TrustKept {
  states: ForeignTrust[];
}

/** Certificates by which seals are checked; with revocations in the list of all states. */
export interface TrustList {
  format: string;
  issued: string;
  authorities: Record<string, unknown>[];
  signers: Record<string, unknown>[];
  revocations?: Record<string, unknown>[];
}

export interface Verdict {
  verdict: "no" | "yes" | "with-undertakings";
  undertakings?: string[];
  by: Clause[];
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

export interface VisitRule {
  hours: Span[];
  breaks?: Pause[];
  counters: number;
  minutes: number;
  held?: number;
  grace?: number;
  states?: string[];
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
  /** The language in which the person is written to. */
  speaks?: string;
  due: string;
  filed: string;
  officer?: string;
}

export interface Watched {
  owner: string;
  log: string;
  size: number;
  at: string;
  contradiction?: HeadPair;
  unproved?: string;
}

export interface WatchedList {
  logs: Watched[];
}

export type Who = Session | Nobody;

/** All rows of a case in clear, for another node (docs/exit.md). */
export interface WholeCase {
  format: number;
  journal: string;
  case: Record<string, unknown>;
  answers?: Record<string, unknown>;
  person: WholePerson;
  proofs: StepProof[];
}

export interface WholePerson {
  at: number;
  identified?: number;
  profile?: Record<string, unknown>;
}

/** What was recorded or sent, and with whom. */
export interface WithPartner {
  id: string;
  partner: string;
  receipt: Receipt;
}

export interface WitnessCandidate {
  state: string;
  key: string;
}

export interface WitnessProgress {
  state: string;
  size: number;
}

export interface Witnesses {
  partner: string;
  policy?: string;
  file?: string;
  proposed?: string;
  statement?: string;
  own?: boolean;
  next?: NextAct;
  candidates?: WitnessCandidate[];
  receipted?: number;
  witnessed?: number;
  witnesses?: WitnessProgress[];
}

export interface WitnessesChosen {
  partner: string;
  policy: string;
  receipt: Receipt;
}

export interface WitnessesProposed {
  partner: string;
  statement: string;
  receipt: Receipt;
}

export type Words = Record<string, string>;

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

export interface XroadCall {
  at: string;
  client: string;
  service: string;
  id: string;
  request?: string;
}

export interface XroadCalled {
  id: string;
  xroad_id: string;
  receipt: Receipt;
}

export interface XroadCalls {
  calls: XroadCall[];
}

export interface XroadFile {
  id: string;
  xroad_id: string;
  member: string;
  service: string;
  state: string;
  at: string;
  ended?: string;
  asked: unknown;
  status?: number;
  error?: string;
  answer?: unknown;
  detail?: string;
}

export interface XroadRequest {
  id: string;
  at: string;
  member: string;
  service: string;
  state: string;
}

export interface XroadRequests {
  requests: XroadRequest[];
}

/** By the name of the action. */
export interface Answer {
  "access.delay-confirm": Made;
  "access.delay-propose": Made;
  "account.confirm": Changed;
  "account.propose": Proposed;
  "account.show": AccountPage;
  "acknowledgement.send": Sent;
  "aim.list": Aims;
  "appointment.accept": Changed;
  "appointment.ask": PlaceAsked;
  "appointment.book": Changed;
  "appointment.cancel": Changed;
  "appointment.day": VisitList;
  "appointment.give": PlaceGiven;
  "appointment.mark": Changed;
  "appointment.open": RoundOpened;
  "appointment.round": Draw;
  "appointment.rounds": RoundList;
  "appointment.rule": RuleSet;
  "appointment.rules": AppointmentRules;
  "appointment.show": Standing;
  "appointment.withdraw": Changed;
  "calendar.adopt": DaysAdopted;
  "calendar.propose": Holidays;
  "calendar.show": Calendar;
  "case.answer": Moved;
  "case.attach": File;
  "case.confirm": Moved;
  "case.enclose": File;
  "case.enter": Moved;
  "case.examine": CaseFile;
  "case.export": WholeCase;
  "case.file": Moved;
  "case.import": Moved;
  "case.import-attachment": Made;
  "case.index": CaseIndex;
  "case.list": CaseList;
  "case.lodge": Moved;
  "case.open": Moved;
  "case.pass-on": Moved;
  "case.payment": Moved;
  "case.propose": Moved;
  "case.rate": Rated;
  "case.record": Moved;
  "case.release": Moved;
  "case.request-correction": Moved;
  "case.return": Moved;
  "case.save": Draft;
  "case.show": CaseFile;
  "case.start": Moved;
  "case.statement": CaseStatement;
  "case.step": Moved;
  "case.submit": Moved;
  "case.take": Moved;
  "case.withdraw": Moved;
  "cash.confirm": Changed;
  "cash.list": ClosedDays;
  "cash.propose": Proposed;
  "cash.show": CashSheet;
  "company.find": FoundList;
  "company.record": Made;
  "contact.add": Made;
  "contact.end": Made;
  "cost.cases": MeasuredList;
  "cost.set": Made;
  "cost.show": Costs;
  "count.confirm": Changed;
  "count.propose": Proposed;
  "country.advise": Advice;
  "country.file": CountryFile;
  "country.glance": CountryGlance;
  "credence.adopt": LetterAdopted;
  "credence.keys": KeysToSign;
  "credence.show": CredenceFile;
  "delegation.confirm": Proposed;
  "delegation.end": Receipted;
  "delegation.list": DelegationList;
  "delegation.propose": Proposed;
  "delegation.show": Statement;
  "desk.messages": AskingList;
  "desk.queue": Queue;
  "dispatch.list": DispatchList;
  "dispatch.show": DispatchFile;
  "document.find": FoundDocument;
  "document.revocations": Revocations;
  "document.revoke": Revoked;
  "document.show": Document;
  "engagement.end": Made;
  "entry.assign": Changed;
  "entry.list": BankEntryList;
  "fee.called": PaymentHeard;
  "fee.order": FeeOrder;
  "fee.page": PaymentPage;
  "fee.tell": FeeOrder;
  "figures.give": WithPartner;
  "figures.receive": WithPartner;
  "file.send": Sent;
  "guest.invite": Made;
  "guest.list": GuestList;
  "guest.revoke": Made;
  "guest.show": GuestFile;
  "help.give": WithPartner;
  "help.receive": WithPartner;
  "hold.lift": Hold;
  "hold.set": Hold;
  "incident.close": Receipted;
  "incident.list": IncidentList;
  "incident.read": Incident;
  "incident.record": Made;
  "incident.take": Receipted;
  "intelligence.give": WithPartner;
  "intelligence.receive": WithPartner;
  "joint.send": JointSent;
  "joint.show": Joint;
  "journal.list": Journal;
  "journal.show": JournalPage;
  "jurisdiction.set": Assigned;
  "ledger.consistency": ConsistencyProof;
  "message.attach": File;
  "message.enclose": File;
  "message.send": Numbered;
  "message.write": Numbered;
  "ministry.glance": MinistryGlance;
  "mission.add": MissionAdded;
  "mission.close": Receipted;
  "mission.coverage": Coverage;
  "mission.glance": MissionGlance;
  "mission.hours": Receipted;
  "mission.list": MissionList;
  "mission.responsible": Authority;
  "mission.show": MissionPage;
  "mrz.read": ReadLines;
  "name.latin": LatinName;
  "node.health": NodeStatus;
  "node.openapi": Description;
  "node.ready": NodeStatus;
  "note.send": Sent;
  "notice.stop": NoticeStopped;
  "officer.add": Made;
  "officer.declare-interest": InterestDeclared;
  "officer.list": OfficerList;
  "organisation.show": OrganisationPage;
  "package.accept": PackageTaken;
  "package.activate": PackageTaken;
  "package.activate-propose": PackageTaken;
  "package.fee": PackageTaken;
  "package.fee-propose": PackageTaken;
  "package.fees": PackageFees;
  "package.fees-change": PackageTaken;
  "package.fees-weigh": PackageFees;
  "package.gifts": GiftList;
  "package.give": PackageGiven;
  "package.install": PackageTaken;
  "package.layer": Layer;
  "package.list": PackageList;
  "package.overlay": PackageTaken;
  "package.receive": WithPartner;
  "package.refuse": PackageTaken;
  "package.retire": PackageTaken;
  "package.retire-propose": PackageTaken;
  "package.settle": PackageTaken;
  "package.settle-weigh": MovedCases;
  "package.show": PackagePage;
  "package.statement": Signable;
  "paper.set": Made;
  "parcel.receipt": ParcelReceipted;
  "partner.confirm": StandingChanged;
  "partner.list": PartnerList;
  "partner.propose": StandingProposed;
  "partner.show": Partner;
  "partner.statement": StandingStatement;
  "passkey.add": PasskeyAdded;
  "passkey.list": OfficerPasskeys;
  "passkey.remove": Receipted;
  "passkey.rename": Receipted;
  "payload.send": Sent;
  "person.access": AccessList;
  "person.email": Made;
  "person.email-code": Made;
  "person.erase": Receipted;
  "person.export": PersonExport;
  "person.find": FoundList;
  "person.notice-list": Notices;
  "person.notice-set": NoticesSet;
  "person.passkey-add": PasskeyAdded;
  "person.passkey-list": PersonPasskeys;
  "person.passkey-remove": Receipted;
  "person.passkey-rename": Receipted;
  "person.record": Made;
  "person.show": Person;
  "person.update": Made;
  "pledge.record": Made;
  "pledge.settle": Made;
  "policy.adopt": Made;
  "policy.compare": Comparison;
  "policy.files": PolicyFiles;
  "policy.list": PolicyList;
  "policy.propose": PolicyProposed;
  "policy.show": Policy;
  "proposal.drop": Changed;
  "proposal.list": ProposalList;
  "proposal.show": Proposal;
  "protection.ask": WithPartner;
  "protection.consult": Made;
  "protection.give": ProtectionGiven;
  "protection.list": ProtectionList;
  "protection.show": ProtectionFile;
  "protection.sign": Proposed;
  "query.send": Sent;
  "register.enter": RowEntered;
  "register.list": RegisterList;
  "register.try": RegisterTrial;
  "remark.add": Numbered;
  "repayment.confirm": Changed;
  "repayment.propose": Proposed;
  "representative.end": Changed;
  "representative.list": Representations;
  "representative.record": Made;
  "representative.show": Representations;
  "screen.words": Words;
  "seal.trust": TrustList;
  "service.ask": Asked;
  "service.form": ServiceForm;
  "service.list": ServiceList;
  "session.challenge": Challenge;
  "session.code": CodeSent;
  "session.list": SessionList;
  "session.open": SignedIn;
  "session.passkey": SignedIn;
  "session.show": Who;
  "spoilt.confirm": Changed;
  "spoilt.propose": Proposed;
  "statement.take": StatementTaken;
  "stock.receive": SeriesReceived;
  "stock.show": Stock;
  "ticket.board": Board;
  "ticket.call": TicketCalled;
  "ticket.end": TicketEnded;
  "ticket.list": TicketList;
  "ticket.take": TicketTaken;
  "trust.ask": WithPartner;
  "trust.bundle": TrustList;
  "trust.kept": TrustKept;
  "witness.list": WatchedList;
  "witnesses.confirm": WitnessesChosen;
  "witnesses.propose": WitnessesProposed;
  "witnesses.show": Witnesses;
  "xroad.call": XroadCalled;
  "xroad.calls": XroadCalls;
  "xroad.document": DocumentStatus;
  "xroad.list": XroadRequests;
  "xroad.show": XroadFile;
}
