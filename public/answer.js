// The page that any scanner opens: one question to the village about one knock, no account, no wasm.
//
// What it asks stands behind `#` (domain::confirmation::code::Ticket; both readers are held to
// domain/tests/tickets.json) and never reaches a log. Eight typed digits and a village's number ask
// the same without saying about whom. A reminder (`/v/…`) holds no code: it opens those that this
// phone has scanned. An answer that cannot be sent stays on this phone and goes out when the page is
// open with signal. The four digits it shows prove the answer to the teacher's phone without any
// network.

const KEPT = 'qm-answers'; // answers given on this phone, by knock
const SEEN = 'qm-seen'; // codes scanned on this phone that it has not answered
const VILLAGE = 'qm-village'; // the village last answered for: { number, name }
const WHO = 'qm-who'; // who answers here, once said
const KEEP_AT_MOST = 30;
const KEEP_DAYS = 30;
const RETRY_MS = 20_000;
const WAITING = ['sending', 'kept', 'busy', 'trouble'];

const ROLES = ['SECRETARY', 'HEAD', 'CHILD_OFFICER', 'GRID', 'GROUP_LEADER', 'OTHER'];
const DISCREPANCIES = ['TIME', 'NOT_VISITED', 'NOT_MET', 'CHILD_AWAY', 'FAMILY_MOVED', 'PEOPLE', 'OTHER'];
// In the order of domain::vocabulary::Relation: a bit each.
const RELATIONS = [
  'FATHER', 'MOTHER', 'PATERNAL_GRANDPARENT', 'MATERNAL_GRANDPARENT', 'SIBLING', 'RELATIVE', 'FOSTER',
  'ENTRUSTED', 'CIVIL_AFFAIRS', 'STUDENT', 'OTHER_FAMILY', 'NEIGHBOUR', 'OTHER',
];

const WORDS = {
  'zh-CN': {
    today: '今天', yesterday: '昨天',
    came: '{who} 来过', cameWith: '{who} 等{n}人 来过', met: '见到：{whom}', metNobody: '没见到人',
    and: '、',
    CONFIRMED: '属实', CORRECTED: '有出入', UNABLE: '说不准', NOT_PRESENT: '没参加',
    unsure: '没参加，说不准', notThere: '我没参加', cannotSay: '我说不准',
    reassure: '只核对老师来没来、见到了谁。不要求您担保孩子返校。',
    you: '您是：{role}', change: '改', whoAreYou: '您是哪位？', yourName: '怎么称呼您（可不写）',
    whyAsked: '老师要知道是谁核对的。这部手机会记住，下次不再问。',
    wrongWhat: '哪里不对？', wrongHint: '可以选几样', say: '想说一句（可不写）',
    hand: '交给老师', chooseOne: '请点一样，或写一句。', back: '返回',
    TIME: '时间不对', NOT_VISITED: '没去这家', NOT_MET: '没见到这个人', CHILD_AWAY: '孩子现在不在家',
    FAMILY_MOVED: '全家搬走了', PEOPLE: '来的人不对', OTHER: '其他',
    role: { SECRETARY: '村支书', HEAD: '村主任', CHILD_OFFICER: '儿童主任', GRID: '网格员', GROUP_LEADER: '组长', OTHER: '别的人' },
    relation: {
      FATHER: '父亲', MOTHER: '母亲', PATERNAL_GRANDPARENT: '爷爷/奶奶', MATERNAL_GRANDPARENT: '外公/外婆',
      SIBLING: '兄弟姐妹', RELATIVE: '亲戚', FOSTER: '养父母或继父母', ENTRUSTED: '照看孩子的人',
      CIVIL_AFFAIRS: '民政干部', STUDENT: '孩子', OTHER_FAMILY: '其他家人', NEIGHBOUR: '邻居', OTHER: '别的人',
    },
    done: '已核对：{result}', receipt: '回执码', readOut: '念给老师听，老师的手机马上就知道。',
    sending: '正在送', sent: '已送到学校，可以关掉这一页了。',
    kept: '没有信号，已存在这部手机。走到有信号的地方，打开这一页就会送。', again: '再送一次',
    busy: '问的人多，过一会儿自动再送，也可以先走。', trouble: '学校那边暂时没应答，已存在这部手机，过会儿自动再送。',
    ANSWER_ALREADY: '这次走访村里已经有人核对过了。看法一样，就不用再交。', differently: '我有不同看法',
    ANSWER_EXPIRED: '这个码过了日子，没有收。请告诉老师，或登录敲门核对。',
    ANSWER_REFUSED: '这个码没有收。请老师打开手机再扫一次。',
    mistake: '点错了，改一下',
    account: '有账号？登录核对',
    VILLAGE_UNKNOWN: '没有这个村号，这一个没有收。请再看看老师的手机。', retype: '再输一次',
    empty: '请村里核对走访', emptyHow: '用微信扫老师手机上的码，就会看到要核对的那一户。',
    broken: '没有扫全', brokenHow: '请离老师的手机近一点，再扫一次。',
    signIn: '打开敲门登录', keys: '没法扫？输核对码',
    code: '核对码（八位数）', codeBad: '少一位或错一位，再看看老师的手机。',
    number: '村号（六位数，在核对码下面）', numberBad: '村号是六位数，在老师手机的核对码下面。',
    otherVillage: '换一个村', next: '下一步',
    codeFits: '核对码 {code} 对', codeAsk: '请看老师手机上写的哪一户、几点。属实吗？',
    codeWaits: '三天内和走访对上，就算核对过了。',
    waiting: '等您核对 {n} 户', noneWaiting: '请先登录，或当面扫一次',
    noneHow: '从链接点开，只能看到这部手机扫过的码。请打开敲门，用村里的激活条登录；没有激活条，请老师当面给您扫。',
  },
  en: {
    today: 'today', yesterday: 'yesterday',
    came: '{who} came by', cameWith: '{who} came by, {n} in all', met: 'Met: {whom}', metNobody: 'Nobody was met',
    and: ', ',
    CONFIRMED: 'True', CORRECTED: 'Not quite', UNABLE: 'Cannot say', NOT_PRESENT: 'Was not there',
    unsure: 'Was not there, cannot say', notThere: 'I was not there', cannotSay: 'I cannot say',
    reassure: 'Only whether the teacher came and who was met. You do not vouch for the child.',
    you: 'You are: {role}', change: 'Change', whoAreYou: 'Who are you?', yourName: 'Your name (if you like)',
    whyAsked: 'The teacher should know who answered. This phone remembers and will not ask again.',
    wrongWhat: 'What is not right?', wrongHint: 'You may choose several', say: 'A word (if you like)',
    hand: 'Hand to the teacher', chooseOne: 'Choose one, or write a word.', back: 'Back',
    TIME: 'The time', NOT_VISITED: 'Not this house', NOT_MET: 'That person was not met', CHILD_AWAY: 'The child is not at home now',
    FAMILY_MOVED: 'The family has moved', PEOPLE: 'Who came', OTHER: 'Something else',
    role: { SECRETARY: 'Village secretary', HEAD: 'Village head', CHILD_OFFICER: 'Child officer', GRID: 'Grid worker', GROUP_LEADER: 'Group leader', OTHER: 'Somebody else' },
    relation: {
      FATHER: 'father', MOTHER: 'mother', PATERNAL_GRANDPARENT: 'grandparent', MATERNAL_GRANDPARENT: 'mother’s parent',
      SIBLING: 'siblings', RELATIVE: 'relatives', FOSTER: 'foster or step parents', ENTRUSTED: 'who looks after the child',
      CIVIL_AFFAIRS: 'civil affairs', STUDENT: 'the child', OTHER_FAMILY: 'other family', NEIGHBOUR: 'a neighbour', OTHER: 'others',
    },
    done: 'Answered: {result}', receipt: 'Receipt', readOut: 'Read it to the teacher: that phone knows at once.',
    sending: 'Sending', sent: 'The school has it. You can close this page.',
    kept: 'No signal. It is kept on this phone. Open this page where there is signal and it goes out.', again: 'Send again',
    busy: 'Many are asking. It goes out by itself in a while.', trouble: 'The school does not answer just now. It is kept here and goes out by itself.',
    ANSWER_ALREADY: 'Somebody of the village has answered already. If you see it the same way, that is enough.', differently: 'I see it differently',
    ANSWER_EXPIRED: 'This code is too old and was not taken. Tell the teacher, or sign in.',
    ANSWER_REFUSED: 'This code was not taken. Scan the teacher’s phone again.',
    mistake: 'Tapped wrong, change it',
    account: 'Have an account? Sign in to answer',
    VILLAGE_UNKNOWN: 'There is no such village number; this was not taken. Look at the teacher’s phone again.', retype: 'Type it again',
    empty: 'The village’s answer', emptyHow: 'Scan the code on the teacher’s phone to see which house it is about.',
    broken: 'Not the whole code', brokenHow: 'Come closer to the teacher’s phone and scan again.',
    signIn: 'Sign in', keys: 'Cannot scan? Type the code',
    code: 'The code (eight digits)', codeBad: 'A digit is missing or wrong; look at the teacher’s phone again.',
    number: 'Village number (six digits, below the code)', numberBad: 'The village number has six digits; it stands below the code.',
    otherVillage: 'Another village', next: 'Next',
    codeFits: 'Code {code} is right', codeAsk: 'Look at the teacher’s phone: which house, what time. Is it true?',
    codeWaits: 'It counts once it meets its visit, within three days.',
    waiting: '{n} houses wait for you', noneWaiting: 'Sign in, or scan once at the door',
    noneHow: 'A link shows only what this phone has scanned. Open Qiaomen and sign in with the village’s slip, or let the teacher show you the code.',
  },
};

const words = WORDS[document.documentElement.lang] ?? WORDS['zh-CN'];
const say = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '');

// ---- the ticket ----

/** The ticket of the text behind `#`, or undefined. */
function readTicket(text) {
  try {
    const base64 = text.replace(/-/g, '+').replace(/_/g, '/');
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    let at = 0;
    const take = (n) => {
      if (at + n > bytes.length) throw new Error('short');
      return bytes.subarray(at, (at += n));
    };
    const number = (n) => take(n).reduce((sum, byte) => sum * 256 + byte, 0);
    const label = () => new TextDecoder('utf-8', { fatal: true }).decode(take(number(1)));
    if (number(1) !== 1) return undefined;
    const knock = hyphened(hex(take(16)));
    const secret = take(8);
    const ticket = { text, key: knock, knock, secret, shown: hex(take(8)), minute: number(4), village: number(5), people: number(1) };
    const met = number(2);
    ticket.met = RELATIONS.filter((_, bit) => met & (1 << bit));
    ticket.villageName = label();
    ticket.teacher = label();
    ticket.household = label();
    return ticket;
  } catch {
    return undefined;
  }
}

/** A ticket of typed digits: it says "I was there" and about whom only to the school. */
const typedTicket = ({ code, village }) => ({ key: code, code, village: village.number, villageName: village.name });

// The quasigroup of Damm's check (domain::confirmation::code), row after row.
const DAMM =
  '0317598642709215486342068713591750983426612304597836742095815869720134894536201794386172052581436790';
const digits = (text) => text.normalize('NFKC').replace(/\D/g, '');
const checks = (code) => code.length === 8 && [...code].reduce((row, digit) => DAMM[row * 10 + +digit], '0') === '0';
const spaced = (code) => `${code.slice(0, 4)} ${code.slice(4)}`;

const hyphened = (id) => id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** 回执码: HMAC-SHA256 over the answer; undefined where the browser has no crypto (http without TLS). */
async function receipt(ticket, result) {
  if (!crypto.subtle || !ticket.secret) return undefined;
  const key = await crypto.subtle.importKey('raw', ticket.secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(result)));
  const digits = mac.subarray(0, 8).reduce((rest, byte) => (rest * 256 + byte) % 10_000, 0);
  return String(digits).padStart(4, '0');
}

// ---- what this phone keeps ----

function recall(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing still sends.
  }
}

function keepAnswer(key, answer) {
  const others = Object.entries(recall(KEPT, {})).filter(([other]) => other !== key);
  // What is not sent yet is never crowded out.
  const unsent = others.filter(([, { body }]) => body);
  const sent = others.filter(([, { body }]) => !body).slice(-KEEP_AT_MOST);
  keep(KEPT, Object.fromEntries([...sent, ...unsent, [key, answer]]));
}

/** Tickets that were scanned here and wait for an answer, the latest last. */
function seen() {
  const kept = recall(KEPT, {});
  const oldest = Date.now() / 60_000 - KEEP_DAYS * 1440;
  return recall(SEEN, []).map(readTicket).filter((each) => each && each.minute > oldest && !kept[each.key]);
}

function remember(scanned) {
  const others = seen().filter(({ key }) => key !== scanned.key);
  keep(SEEN, [...others, scanned].slice(-KEEP_AT_MOST).map(({ text }) => text));
  keep(VILLAGE, { number: villageCode(scanned), name: scanned.villageName });
}

/** Twelve digits; of a typed one whatever was typed. */
const villageCode = ({ village }) => String(village).padStart(typeof village === 'number' ? 12 : 0, '0');

// ---- sending ----

/** Sends one kept answer; what became of it is kept with it. */
async function send(key) {
  const answer = recall(KEPT, {})[key];
  if (!answer?.body) return answer;
  answer.status = await post(answer.body);
  if (answer.status === 'ANSWER_ALREADY') answer.refused = answer.body;
  if (!WAITING.includes(answer.status)) delete answer.body;
  if (answer.status === 'VILLAGE_UNKNOWN') forget(key);
  else keepAnswer(key, answer);
  return answer;
}

/** What was answered under a number that no village has went nowhere: nothing of it counts from now on. */
function forget(key) {
  const { [key]: _, ...others } = recall(KEPT, {});
  keep(KEPT, others);
  keep(VILLAGE, null);
}

async function post(body) {
  try {
    const reply = await fetch('/api/v1/answer', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      keepalive: true,
    });
    if (reply.ok) return 'sent';
    if (reply.status === 429) return 'busy';
    if (reply.status >= 500) return 'trouble';
    const { code } = await reply.json().catch(() => ({}));
    return code in words ? code : 'ANSWER_REFUSED';
  } catch {
    return 'kept';
  }
}

// ---- screens ----

const main = document.getElementById('answer');
const scanned = readTicket(location.hash.slice(1));
const reminded = /^\/v\/(\d+)$/.exec(location.pathname)?.[1];
const START = scanned ? 'question' : reminded ? 'waiting' : 'nothing';
let ticket = scanned;

/** An element: `h('button.big', { onclick }, 'text', …)`. */
function h(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split('.');
  const element = Object.assign(document.createElement(tag), properties);
  element.classList.add(...classes);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

function show(...children) {
  main.replaceChildren(...children.filter(Boolean));
  scrollTo(0, 0);
}

const button = (name, text, onclick) => h(`button.${name}`, { type: 'button', onclick }, text);

/** Steps to another screen, so that the phone's own back button comes back from it. */
function step(screen) {
  history.pushState(carrying(screen), '');
  draw(history.state);
}

/** Steps to another screen, and never back to this one. */
function instead(screen) {
  history.replaceState(carrying(screen), '');
  draw(history.state);
}

/** Digits that were typed go from screen to screen, as scanned ones stay in the address. */
const carrying = (screen) => ({ typed: history.state?.typed, ...screen });

function draw(screen) {
  ticket = scanned ?? (screen?.typed && typedTicket(screen.typed));
  SCREENS[screen?.at ?? START](screen ?? {});
}

/** The answer given here about this knock, if any. */
const given = () => ticket && recall(KEPT, {})[ticket.key];

/** An instant on the wall of the village: UTC+8, without summer time. */
function wall(date) {
  const shift = (at) => new Date(at.getTime() + 8 * 3_600_000).toISOString();
  const [day, time] = [shift(date).slice(0, 10), shift(date).slice(11, 16)];
  const daysAgo = (n) => shift(new Date(Date.now() - n * 86_400_000)).slice(0, 10);
  const name = day === daysAgo(0) ? words.today : day === daysAgo(1) ? words.yesterday : day.slice(5);
  return `${name} ${time}`;
}

function facts() {
  if (ticket.code) return h('p.facts', {}, words.codeAsk);
  const { teacher: who, people: n, met } = ticket;
  const whom = met.map((relation) => words.relation[relation]).join(words.and);
  return h('p.facts', {},
    h('span', {}, wall(new Date(ticket.minute * 60_000))),
    h('span', {}, say(n > 1 ? words.cameWith : words.came, { who, n })),
    h('span', {}, whom ? say(words.met, { whom }) : words.metNobody),
  );
}

const title = () =>
  ticket.code
    ? h('h1', {}, say(words.codeFits, { code: spaced(ticket.code) }))
    : h('h1', {}, h('bdi', {}, ticket.villageName), ' · ', h('bdi', {}, ticket.household));

const account = () => h('p', {}, h('a.plain', { href: ticket.text ? `/scan#${ticket.text}` : '/scan' }, words.account));

function answer(result, more = {}) {
  const screen = { at: 'result', result, ...more };
  if (recall(WHO)) give(screen);
  else step({ ...screen, at: 'who' });
}

/** Keeps the answer first, then sends it: a phone that dies in between still has it. */
function give({ result, discrepancies = [], comment }) {
  const { key, code, knock, shown } = ticket;
  const { role, name } = recall(WHO, { role: 'OTHER' });
  const by = code ? { code } : { knock, secret: hex(ticket.secret), shown };
  const body = { ...by, village: villageCode(ticket), result, discrepancies, role };
  if (comment) body.comment = comment;
  if (name) body.name = name;
  // A reply that got lost is asked for again under the same id; another answer from here names
  // the one it stands instead of, or says that it knows of somebody else's.
  const id = newId();
  const before = given();
  if (before?.refused) body.beside = true;
  else if (before) body.supersedes = before.body?.supersedes ?? before.id;
  keepAnswer(key, { id, body: { id, ...body }, result, status: 'sending' });
  instead({ at: 'result' });
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return hyphened(hex(bytes));
}

const SCREENS = {
  question() {
    const who = recall(WHO);
    show(
      title(),
      facts(),
      h('div.answers', {},
        button('yes', words.CONFIRMED, () => answer('CONFIRMED')),
        button('no', words.CORRECTED, () => step({ at: 'wrong' })),
        button('plain', words.unsure, () => step({ at: 'unsure' })),
      ),
      h('p.note', {}, words.reassure),
      who && h('p.note', {}, say(words.you, { role: [words.role[who.role], who.name].filter(Boolean).join(' ') }), ' ',
        button('inline', words.change, () => step({ at: 'who' }))),
      account(),
    );
  },

  wrong() {
    const chosen = new Set();
    const hint = h('p.mend', { role: 'status' });
    const comment = h('textarea', { id: 'comment', rows: 2, maxLength: 500 });
    const chips = DISCREPANCIES.map((code) =>
      button('chip', words[code], ({ currentTarget }) => {
        if (!chosen.delete(code)) chosen.add(code);
        currentTarget.setAttribute('aria-pressed', chosen.has(code));
      }));
    chips.forEach((chip) => chip.setAttribute('aria-pressed', false));
    show(
      button('back', words.back, () => history.back()),
      h('h1', { id: 'what' }, words.wrongWhat, ' ', h('small', {}, words.wrongHint)),
      h('div.chips', { role: 'group' }, ...chips),
      h('label', { htmlFor: 'comment' }, words.say),
      comment,
      hint,
      button('yes.stays', words.hand, () => {
        if (!chosen.size && !comment.value.trim()) hint.textContent = words.chooseOne;
        else answer('CORRECTED', { discrepancies: DISCREPANCIES.filter((code) => chosen.has(code)), comment: comment.value.trim() });
      }),
    );
  },

  unsure() {
    show(
      button('back', words.back, () => history.back()),
      h('h1', {}, words.unsure),
      h('div.answers', {},
        button('no', words.notThere, () => answer('NOT_PRESENT')),
        button('no', words.cannotSay, () => answer('UNABLE')),
      ),
    );
  },

  who(screen) {
    const name = h('input', { id: 'name', maxLength: 20, autocomplete: 'name', value: recall(WHO)?.name ?? '' });
    show(
      button('back', words.back, () => history.back()),
      h('h1', {}, words.whoAreYou),
      h('p.note', {}, words.whyAsked),
      h('label', { htmlFor: 'name' }, words.yourName),
      name,
      h('div.answers.two', {}, ...ROLES.map((role) =>
        button('no', words.role[role], () => {
          keep(WHO, { role, name: name.value.trim() });
          if (screen.result) give(screen);
          else history.back();
        }))),
    );
  },

  async result() {
    const { key } = ticket;
    const answer = given();
    if (!answer) return scanned ? SCREENS.question() : SCREENS.code();
    const fourDigits = await receipt(ticket, answer.result);
    const status = h('p.status', { role: 'status' });
    const again = button('plain', words.again, trySending);
    const differently = button('no', words.differently, differ);
    const retype = button('yes', words.retype, () => step({ at: 'code' }));
    const mistake = button('plain', words.mistake, () => step({ at: 'question' }));
    const taken = h('div.taken', {},
      h('p.done', {}, say(words.done, { result: words[answer.result] })),
      fourDigits && h('p.receipt', {}, h('span', {}, words.receipt), h('strong', {}, fourDigits)),
      h('p.note', {}, fourDigits ? words.readOut : words.codeWaits),
    );
    function report(now) {
      status.textContent = words[now];
      status.dataset.status = now;
      again.hidden = now === 'sending' || !WAITING.includes(now);
      taken.hidden = !WAITING.includes(now) && now !== 'sent';
      differently.hidden = now !== 'ANSWER_ALREADY';
      retype.hidden = now !== 'VILLAGE_UNKNOWN';
      mistake.hidden = now === 'VILLAGE_UNKNOWN';
    }
    async function trySending() {
      report('sending');
      report((await send(key)).status);
    }
    // 属实 beside an answer says nothing new: then it is asked again.
    function differ() {
      if (answer.result === 'CONFIRMED') step({ at: 'question' });
      else give(given().refused);
    }
    show(
      title(),
      taken,
      status,
      again,
      differently,
      retype,
      mistake,
      account(),
    );
    report(answer.status);
    if (answer.body) await trySending();
  },

  nothing() {
    const broken = location.hash.length > 1;
    show(
      h('h1', {}, broken ? words.broken : words.empty),
      h('p', {}, broken ? words.brokenHow : words.emptyHow),
      button('no', words.keys, () => step({ at: 'code' })),
      h('a.plain', { href: '/scan' }, words.signIn),
    );
  },

  /** 没法扫？输核对码 */
  code() {
    let village = recall(VILLAGE);
    if (reminded && !village?.number.endsWith(reminded)) village = { number: reminded };
    const field = (id) => h('input', { id, inputMode: 'numeric', autocomplete: 'off', maxLength: 20 });
    const [code, number] = [field('code'), field('number')];
    code.value = history.state?.typed?.code ?? '';
    const hint = h('p.mend', { role: 'status' });
    const ask = h('div.ask', { hidden: !!village }, h('label', { htmlFor: 'number' }, words.number), number);
    const known = village && h('p.note', {}, h('bdi', {}, village.name ?? village.number), ' ',
      button('inline', words.otherVillage, () => {
        village = undefined;
        known.hidden = true;
        ask.hidden = false;
        number.focus();
      }));
    show(
      button('back', words.back, () => history.back()),
      h('h1', {}, words.keys),
      h('label', { htmlFor: 'code' }, words.code),
      code,
      known,
      ask,
      hint,
      button('yes', words.next, () => {
        const [typed, at] = [digits(code.value), village ?? { number: digits(number.value) }];
        if (!checks(typed)) hint.textContent = words.codeBad;
        else if (!/^(\d{6}){1,2}$/.test(at.number)) hint.textContent = words.numberBad;
        else {
          keep(VILLAGE, at);
          ticket = typedTicket({ code: typed, village: at });
          step({ at: given() ? 'result' : 'question', typed: { code: typed, village: at } });
        }
      }),
    );
  },

  /** What a reminder opens: the codes of that village that this phone has scanned. */
  waiting() {
    const mine = seen().filter((each) => villageCode(each).endsWith(reminded));
    const houses = mine.map((each) =>
      h('a.no', { href: `/q#${each.text}` }, h('bdi', {}, each.household), h('small', {}, wall(new Date(each.minute * 60_000)))));
    show(
      h('h1', {}, mine.length ? say(words.waiting, { n: mine.length }) : words.noneWaiting),
      ...houses,
      !mine.length && h('p', {}, words.noneHow),
      !mine.length && h('a.no', { href: '/' }, words.signIn),
      button('plain', words.keys, () => step({ at: 'code' })),
    );
  },
};

addEventListener('popstate', ({ state }) => draw(state));
addEventListener('hashchange', () => location.reload());

/** What waits here goes out whenever the page is open, answers about other knocks too. */
function sendWaiting() {
  if (history.state?.at === 'result' && given()?.body) SCREENS.result();
  for (const [key, { body }] of Object.entries(recall(KEPT, {}))) {
    if (body && key !== ticket?.key) send(key);
  }
}

if (scanned) {
  remember(scanned);
  if (given() && !history.state) history.replaceState({ at: 'result' }, '');
}
draw(history.state);
sendWaiting();
addEventListener('online', sendWaiting);
setInterval(sendWaiting, RETRY_MS);
