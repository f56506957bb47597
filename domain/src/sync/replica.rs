//! The phone's side of sync, without storage and without network: what waits, what was answered,
//! which children are in sight. An adapter persists what `Changes` names, in one transaction, before
//! anybody is told.

use super::aside::Aside;
use super::wire::{Answer, Cursor, FileView, MAX_ENTRIES, PROTOCOL, Page, SyncRequest, SyncResponse};
use crate::actor::{Actor, Scope};
use crate::calendar::local_date;
use crate::card::Card;
use crate::directory::Directory;
use crate::duty::{Duty, Owner, owed};
use crate::entry::{Body, Entry, Subject};
use crate::ids::{DutyId, EntryId, KnockId, StudentId, WriterId};
use crate::problem::Problem;
use crate::student::{Recorded, StudentState};
use crate::sync::SeenEntry;
use chrono::{DateTime, Days, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An entry on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queued {
    /// The entry as it was written, byte for byte what is sent.
    pub raw: String,
    /// The same, read.
    pub entry: Entry,
    /// What a list calls it, kept because the child may be gone from the phone: 五村 阿依古丽家.
    pub label: String,
    /// How far it got.
    pub progress: Progress,
}

/// How far an entry got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// 在手机
    Waiting,
    /// 学校已收到
    Accepted {
        /// 回执
        number: String,
        /// When the server first received it.
        received_at: DateTime<Utc>,
    },
    /// 教导处留着: the grant had gone.
    Quarantined {
        /// 回执
        number: String,
    },
    /// 没收进去
    Refused {
        /// Why.
        problems: Vec<Problem>,
    },
    /// 教导处没收: it was kept for the office, which gave it back.
    Returned {
        /// In the office's words.
        words: String,
    },
}

impl Progress {
    /// It came back to its author, who mends or withdraws it.
    pub const fn is_back(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Returned { .. })
    }
}

/// An entry about to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry {
    /// Fresh, from the device.
    pub id: EntryId,
    /// Whom it is about.
    pub subject: Subject,
    /// The knock.
    pub knock: Option<KnockId>,
    /// What it stands instead of.
    pub supersedes: Option<EntryId>,
    /// What it says.
    pub body: Body,
    /// What a list calls it.
    pub label: String,
}

/// The children, duties and cards in sight.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Caseload {
    /// Files by child.
    pub files: BTreeMap<StudentId, FileView>,
    /// Duties.
    pub duties: BTreeMap<DutyId, Duty>,
    /// Cards of a cadre.
    pub cards: BTreeMap<Uuid, Card>,
    /// What of all this an app newer than this one would know.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aside: BTreeMap<Uuid, Aside>,
}

/// What an adapter has to persist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Outbox rows to write or, when no longer in the outbox, to remove.
    pub outbox: Vec<EntryId>,
    /// Files to write or remove.
    pub files: BTreeSet<StudentId>,
    /// Duties or cards changed.
    pub lists: bool,
    /// All files were replaced.
    pub replaced: bool,
    /// The directory changed.
    pub directory: bool,
    /// Go on at once: there is more to send or to receive.
    pub more: bool,
    /// Take a new writer (`Replica::fork`) and go on.
    pub forked: bool,
}

/// A phone of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Replica {
    /// One person on one device.
    pub writer: WriterId,
    /// The seq the next entry gets.
    pub next_seq: u64,
    /// Entries written here: unsent, refused, and the acknowledged ones of the last weeks, by seq.
    pub outbox: Vec<Queued>,
    /// What is in sight.
    pub caseload: Caseload,
    /// What a pull from the beginning has brought so far.
    pub incoming: Option<Caseload>,
    /// Where the last pull ended.
    pub cursor: Option<Cursor>,
    /// The directory and its fingerprint.
    pub directory: Directory,
    /// Its fingerprint.
    pub fingerprint: Option<String>,
    /// Children to forget once nothing unsent is about them.
    pub parting: BTreeSet<StudentId>,
    /// The server's clock at the last contact.
    pub server_time: Option<DateTime<Utc>>,
    /// The device's own then.
    pub device_time: Option<DateTime<Utc>>,
}

impl Replica {
    /// An empty phone.
    pub fn new(writer: WriterId) -> Self {
        Self {
            writer,
            next_seq: 1,
            outbox: Vec::new(),
            caseload: Caseload::default(),
            incoming: None,
            cursor: None,
            directory: Directory::default(),
            fingerprint: None,
            parting: BTreeSet::new(),
            server_time: None,
            device_time: None,
        }
    }

    /// Writes entries down: they get the next seqs, in order. The adapter makes them durable
    /// together with the removal of their draft before the screen says 已存.
    ///
    /// # Errors
    /// An entry that has no JSON form; nothing was written then.
    pub fn record(&mut self, new: Vec<NewEntry>, now: DateTime<Utc>) -> Result<Changes, serde_json::Error> {
        let mut queued = Vec::with_capacity(new.len());
        for (entry, seq) in new.into_iter().zip(self.next_seq..) {
            let label = entry.label;
            let entry = Entry {
                id: entry.id,
                subject: entry.subject,
                knock: entry.knock,
                recorded_at: now,
                writer: self.writer,
                seq,
                supersedes: entry.supersedes,
                body: entry.body,
            };
            queued.push(Queued {
                raw: serde_json::to_string(&entry)?,
                entry,
                label,
                progress: Progress::Waiting,
            });
        }
        self.next_seq += queued.len() as u64;
        let changes = Changes { outbox: queued.iter().map(|q| q.entry.id).collect(), ..Changes::default() };
        self.outbox.extend(queued);
        Ok(changes)
    }

    /// Takes a refused entry out of the list: its author withdrew it, or wrote it anew.
    pub fn settle(&mut self, id: EntryId) -> Changes {
        self.outbox.retain(|q| q.entry.id != id || q.progress == Progress::Waiting);
        Changes { outbox: vec![id], ..Changes::default() }
    }

    /// What to ask the server now.
    pub fn request(&self, build: &str) -> SyncRequest {
        let entries = self
            .unsent()
            .filter(|queued| queued.entry.writer == self.writer)
            .take(MAX_ENTRIES)
            .map_while(|queued| RawValue::from_string(queued.raw.clone()).ok())
            .collect();
        SyncRequest {
            protocol: PROTOCOL,
            writer: self.writer,
            build: build.to_owned(),
            entries,
            cursor: self.cursor,
            directory: self.fingerprint.clone(),
            kept: self.kept().take(MAX_ENTRIES).collect(),
        }
    }

    /// Takes the server's answer to a request in. `asked_from` is the cursor of that request: a page
    /// that does not follow on from where the phone is by now (a late or repeated answer) is left
    /// aside and to be asked for again; its receipts count all the same.
    pub fn receive(&mut self, asked_from: Option<Cursor>, response: SyncResponse) -> Changes {
        let mut changes = Changes { forked: response.forked, ..Changes::default() };
        for receipt in response.receipts {
            let Some(queued) = self.outbox.iter_mut().find(|q| q.entry.id == receipt.id) else { continue };
            queued.progress = match receipt.answer {
                Answer::Accepted { number, received_at } => Progress::Accepted { number, received_at },
                Answer::Quarantined { number } => Progress::Quarantined { number },
                Answer::Refused { problems } => Progress::Refused { problems },
            };
            changes.outbox.push(receipt.id);
        }
        for decided in response.decided {
            let Some(queued) = self.outbox.iter_mut().find(|q| q.entry.id == decided.id) else { continue };
            let Progress::Quarantined { number } = &queued.progress else { continue };
            queued.progress = match decided.returned {
                Some(words) => Progress::Returned { words },
                None => Progress::Accepted { number: number.clone(), received_at: decided.received_at },
            };
            changes.outbox.push(decided.id);
        }
        if let Some(expected) = response.expected_seq {
            self.rewind(expected, &mut changes);
        }
        self.server_time = response.server_time.or(self.server_time);
        if asked_from == self.cursor {
            self.resend_if_restored(response.page.cursor, &mut changes);
            self.apply(response.page, &mut changes);
        } else {
            changes.more = true;
        }
        self.part(&mut changes);
        changes.more |= self.unsent().next().is_some() && !changes.forked && !changes.outbox.is_empty();
        changes
    }

    /// The server lost what it had (restored from a backup), or never knew this writer: what it
    /// waits for is sent again. If that is no longer here, only a new writer can go on.
    fn rewind(&mut self, expected: u64, changes: &mut Changes) {
        let writer = self.writer;
        let mut wanted = expected;
        for queued in self.outbox.iter_mut().filter(|q| q.entry.writer == writer && q.entry.seq >= expected) {
            wanted += u64::from(queued.entry.seq == wanted);
            if queued.progress != Progress::Waiting {
                queued.progress = Progress::Waiting;
                changes.outbox.push(queued.entry.id);
            }
        }
        // A hole in what is still here, or a server that knows more than this phone ever wrote.
        changes.forked |= wanted != self.next_seq;
    }

    /// A server restored from a backup begins a new epoch: what it acknowledged since that backup
    /// only this phone still has. All of it is offered again; what the server knows it says so.
    fn resend_if_restored(&mut self, cursor: Option<Cursor>, changes: &mut Changes) {
        let (Some(now), Some(before)) = (cursor, self.cursor) else { return };
        if now.epoch == before.epoch {
            return;
        }
        for queued in &mut self.outbox {
            if !matches!(queued.progress, Progress::Waiting | Progress::Refused { .. }) {
                queued.progress = Progress::Waiting;
                changes.outbox.push(queued.entry.id);
            }
        }
        // Entries of an earlier writer cannot follow on in this one's order.
        changes.forked |=
            self.outbox.iter().any(|q| q.entry.writer != self.writer && q.progress == Progress::Waiting);
    }

    /// Becomes a new writer: what is unsent is numbered anew, ids stay, so that what did arrive is
    /// recognised.
    ///
    /// # Errors
    /// As `record`.
    pub fn fork(&mut self, writer: WriterId) -> Result<Changes, serde_json::Error> {
        self.writer = writer;
        let mut seq = 0;
        let mut changes = Changes::default();
        for queued in &mut self.outbox {
            if queued.progress == Progress::Waiting {
                seq += 1;
                queued.entry.writer = writer;
                queued.entry.seq = seq;
                queued.raw = serde_json::to_string(&queued.entry)?;
            }
            changes.outbox.push(queued.entry.id);
        }
        // What is answered was another writer's; it stays for its receipt and is never rewound.
        self.outbox.sort_by_key(|q| (q.entry.writer == writer, q.entry.seq));
        self.next_seq = seq + 1;
        changes.more = seq > 0;
        Ok(changes)
    }

    /// Takes entries back that were saved as a file before this phone was left: what waited then waits
    /// again, behind what is here, with the ids it had.
    ///
    /// # Errors
    /// As `record`.
    pub fn put_back(&mut self, saved: Vec<Queued>) -> Result<Changes, serde_json::Error> {
        let mut changes = Changes::default();
        for mut queued in saved {
            if self.outbox.iter().any(|known| known.entry.id == queued.entry.id) {
                continue;
            }
            queued.entry.writer = self.writer;
            queued.entry.seq = self.next_seq;
            queued.raw = serde_json::to_string(&queued.entry)?;
            // Also what was refused: its number of then means nothing to the writer of now.
            queued.progress = Progress::Waiting;
            self.next_seq += 1;
            changes.outbox.push(queued.entry.id);
            self.outbox.push(queued);
        }
        Ok(changes)
    }

    fn apply(&mut self, page: Page, changes: &mut Changes) {
        if page.reset {
            self.incoming = Some(Caseload::default());
        }
        let fresh = self.incoming.is_some();
        let caseload = self.incoming.as_mut().unwrap_or(&mut self.caseload);
        changes.lists |= !(page.duties.is_empty()
            && page.done.is_empty()
            && page.cards.is_empty()
            && page.cards_gone.is_empty());
        for file in page.files {
            self.parting.remove(&file.student.id);
            changes.files.insert(file.student.id);
            caseload.files.insert(file.student.id, file);
        }
        for student in page.students {
            if let Some(file) = caseload.files.get_mut(&student.id) {
                changes.files.insert(student.id);
                file.student = student;
            }
        }
        for seen in page.entries.read {
            caseload.lay(seen, changes);
        }
        for raw in page.entries.unread {
            caseload.keep_entry(&raw, changes);
        }
        for id in page.forget {
            if fresh {
                // `replace` keeps the old file while something unsent is about the child.
                caseload.files.remove(&id);
            } else if caseload.files.contains_key(&id) {
                self.parting.insert(id);
            }
        }
        // Done first: a duty that changed hands between two posts of one person is both.
        for id in page.done {
            caseload.duties.remove(&id);
            caseload.aside.remove(&id.0);
        }
        for duty in page.duties.read {
            caseload.aside.remove(&duty.id.0);
            caseload.duties.insert(duty.id, duty);
        }
        for raw in page.duties.unread {
            caseload.keep_duty(&raw, changes);
        }
        for card in page.cards.read {
            caseload.aside.remove(&card.id);
            caseload.cards.insert(card.id, card);
        }
        for raw in page.cards.unread {
            caseload.keep_card(&raw, changes);
        }
        for id in page.cards_gone {
            caseload.cards.remove(&id);
            caseload.aside.remove(&id);
        }
        caseload.look_again(changes);
        if let Some(directory) = page.directory {
            self.directory = *directory;
            self.fingerprint = page.directory_fingerprint;
            changes.directory = true;
        }
        if page.cursor.is_some() {
            self.cursor = page.cursor;
        }
        changes.more |= page.more;
        if fresh
            && !page.more
            && let Some(fresh) = self.incoming.take()
        {
            self.replace(fresh);
            changes.replaced = true;
            changes.lists = true;
        }
    }

    /// Everything in sight is new; children that went out of sight stay while something unsent is
    /// about them.
    fn replace(&mut self, fresh: Caseload) {
        let old = std::mem::replace(&mut self.caseload, fresh);
        let unsent = self.subjects_unsent();
        for (id, file) in old.files {
            if !self.caseload.files.contains_key(&id) && unsent.contains(&id) {
                self.caseload.files.insert(id, file);
                self.parting.insert(id);
            }
        }
    }

    fn part(&mut self, changes: &mut Changes) {
        let unsent = self.subjects_unsent();
        let gone: Vec<_> = self.parting.iter().copied().filter(|id| !unsent.contains(id)).collect();
        for id in gone {
            self.parting.remove(&id);
            if self.caseload.files.remove(&id).is_some() {
                changes.files.insert(id);
            }
        }
    }

    fn subjects_unsent(&self) -> BTreeSet<StudentId> {
        self.unsent().filter_map(|q| q.entry.subject.student()).collect()
    }

    /// What waits to be sent, in order.
    pub fn unsent(&self) -> impl Iterator<Item = &Queued> {
        self.outbox.iter().filter(|q| q.progress == Progress::Waiting)
    }

    /// How much of it there is as people count: what belongs to one knock is one.
    pub fn waiting(&self) -> usize {
        let one = |q: &Queued| q.entry.knock.map_or(q.entry.id.0, |knock| knock.0);
        self.unsent().map(one).collect::<BTreeSet<_>>().len()
    }

    /// What was not taken, by the server or by the office, and its author has to look at.
    pub fn refused(&self) -> impl Iterator<Item = &Queued> {
        self.outbox.iter().filter(|q| q.progress.is_back())
    }

    fn kept(&self) -> impl Iterator<Item = EntryId> {
        let kept = |q: &&Queued| matches!(q.progress, Progress::Quarantined { .. });
        self.outbox.iter().filter(kept).map(|q| q.entry.id)
    }

    /// Lets go of acknowledged entries that are older than the policy keeps them. Never of others.
    pub fn retire(&mut self, now: DateTime<Utc>) -> Changes {
        let before = now - chrono::Duration::days(i64::from(self.directory.policy.acknowledged_keeps_days));
        let old = |q: &Queued| matches!(&q.progress, Progress::Accepted { received_at, .. } if *received_at < before);
        let outbox = self.outbox.iter().filter(|q| old(q)).map(|q| q.entry.id).collect();
        self.outbox.retain(|q| !old(q));
        Changes { outbox, ..Changes::default() }
    }

    /// Whether there has been no contact with the school for longer than a phone may keep its children
    /// (domain 5.14). By the device's clock: one that is odd costs a pull, nothing else.
    pub fn has_lapsed(&self, now: DateTime<Utc>) -> bool {
        let days = chrono::Duration::days(i64::from(self.directory.policy.phone_keeps_days));
        self.server_time.is_some_and(|contact| contact + days < now)
    }

    /// Whether the children are to come anew, and have not yet.
    pub fn is_put_away(&self) -> bool {
        self.incoming.is_some() || self.cursor.is_none_or(|cursor| cursor == cursor.beginning())
    }

    /// Lets go of the children after too long without contact.
    pub fn lapse(&mut self, now: DateTime<Utc>) -> Changes {
        if self.has_lapsed(now) { self.put_away(now) } else { Changes::default() }
    }

    /// Lets go of the children; the next contact brings them again to whom they are shown. What was written
    /// here stays, and the children it is about.
    pub fn put_away(&mut self, now: DateTime<Utc>) -> Changes {
        let unsent = self.subjects_unsent();
        self.caseload.files.retain(|id, _| unsent.contains(id));
        self.caseload.duties.clear();
        self.caseload.cards.clear();
        self.caseload.aside.clear();
        (self.incoming, self.cursor) = (None, self.cursor.map(Cursor::beginning));
        Changes { lists: true, replaced: true, ..self.retire(now) }
    }

    /// A child's file with one's own entries on top that the server has not shown yet.
    pub fn file(&self, id: StudentId, me: &Actor) -> Option<FileView> {
        let mut file = self.caseload.files.get(&id)?.clone();
        for queued in self.on_top(id) {
            if file.entries.iter().any(|seen| seen.entry.id == queued.entry.id) {
                continue;
            }
            let recorded = Recorded {
                entry: &queued.entry,
                author: me.user,
                author_name: &me.name,
                received_at: queued.entry.recorded_at,
            };
            file.student.state.change(|state| state.fold(&recorded));
            file.entries.push(SeenEntry {
                entry: queued.entry.clone(),
                author: me.user,
                author_name: me.name.clone(),
                received_at: queued.entry.recorded_at,
            });
        }
        Some(file)
    }

    fn on_top(&self, id: StudentId) -> impl Iterator<Item = &Queued> {
        self.outbox.iter().filter(move |q| {
            q.entry.subject == Subject::Student(id)
                && matches!(q.progress, Progress::Waiting | Progress::Accepted { .. })
        })
    }

    /// How far one's own entry got, if it was written on this phone.
    pub fn progress(&self, id: EntryId) -> Option<&Progress> {
        self.outbox.iter().find(|q| q.entry.id == id).map(|q| &q.progress)
    }

    /// What I owe: the server's list, and for children with unsent entries of mine what follows from
    /// them, by the same rules.
    pub fn duties(&self, me: &Actor, now: DateTime<Utc>) -> Vec<Duty> {
        let today = local_date(now);
        let touched = self.subjects_on_top();
        let mine = self
            .caseload
            .duties
            .values()
            .filter(|d| d.student.is_none_or(|s| !touched.contains(&s)))
            .cloned();
        let mut duties: Vec<Duty> = mine.filter(|d| owns(me, &d.owner)).collect();
        for id in touched {
            let Some(state) = self.state(id, me) else { continue };
            let here = owed(id, &state, &self.directory.policy, &self.directory.calendar, today);
            duties.extend(here.into_iter().filter(|d| owns(me, &d.owner)));
        }
        duties.sort_by_key(|duty| (duty.due_on, duty.id));
        duties
    }

    fn state(&self, id: StudentId, me: &Actor) -> Option<StudentState> {
        self.file(id, me).map(|file| file.student.state.into_inner())
    }

    fn subjects_on_top(&self) -> BTreeSet<StudentId> {
        let shown = |q: &&Queued| {
            let file = q.entry.subject.student().and_then(|id| self.caseload.files.get(&id));
            file.is_some_and(|f| !f.entries.iter().any(|seen| seen.entry.id == q.entry.id))
        };
        self.outbox
            .iter()
            .filter(|q| matches!(q.progress, Progress::Waiting | Progress::Accepted { .. }))
            .filter(shown)
            .filter_map(|q| q.entry.subject.student())
            .collect()
    }

    /// Whether the device's clock is more than a day off: behind the server's last word, or ahead of it when
    /// that came. Then it is said, and nothing is blocked (ux 2a).
    pub fn clock_is_odd(&self, now: DateTime<Utc>) -> bool {
        let day = Days::new(1);
        let Some(server) = self.server_time else { return false };
        // A clock that was put back since is measured anew at the next contact.
        let ahead = self.device_time.is_some_and(|then| server + day < then && then <= now);
        now + day < server || ahead
    }
}

/// Whether a duty is this person's.
pub fn owns(me: &Actor, owner: &Owner) -> bool {
    match owner {
        Owner::User(user) => *user == me.user,
        Owner::Role { role, scope } => {
            me.grants.iter().any(|g| g.role == *role && Scope::key(g.scope) == *scope)
        }
    }
}
