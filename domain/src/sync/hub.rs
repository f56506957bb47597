//! The reference server: the protocol in memory, one commit after the other. It is what the property
//! tests and the server over Postgres are held against. Not for real use: it keeps everything in one
//! map and forgets it at the end.

use super::wire::{
    Answer, Cursor, Decided, FileView, Page, Receipt, SeenEntry, StudentView, SyncRequest, SyncResponse,
};
use crate::access::{Facet, Place, may_read};
use crate::actor::{Actor, Grant};
use crate::calendar::local_date;
use crate::card::{Card, cards, may_hold};
use crate::confirmation::{self, Seal, Strength};
use crate::directory::Directory;
use crate::duty::{Duty, owed};
use crate::entry::{Body, Entry, Kind, Subject, receipt_number};
use crate::ids::{CountyId, DutyId, EntryId, KnockId, StudentId, TownshipId, UserId, VillageId, WriterId};
use crate::judge::{Facts, Known, KnownKnock, Verdict, about, judge, refers_to};
use crate::problem::Problem;
use crate::student::{Recorded, StudentState};
use crate::sync::replica::owns;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Clone, Debug)]
struct Writer {
    user: UserId,
    last_seq: u64,
    answers: BTreeMap<u64, (EntryId, Answer)>,
}

#[derive(Clone, Debug)]
struct Stored {
    seen: SeenEntry,
    place: Uuid,
    ver: u64,
}

#[derive(Clone, Debug, Default)]
struct Row {
    state: StudentState,
    scopes: BTreeMap<Uuid, (bool, u64)>,
    ver: u64,
}

#[derive(Clone, Debug)]
struct Knock {
    author: UserId,
    village: VillageId,
    seal: Option<Seal>,
    students: BTreeSet<StudentId>,
}

#[derive(Clone, Debug)]
struct User {
    actor: Actor,
    gone: Vec<(Grant, u64)>,
    ver: u64,
}

/// A row that others see appear, change and go.
#[derive(Clone, Debug)]
struct Shown<T> {
    value: T,
    gone: bool,
    ver: u64,
}

/// The server of one county in memory.
#[derive(Clone, Debug)]
pub struct Hub {
    county: CountyId,
    epoch: u64,
    ver: u64,
    directory: Directory,
    users: BTreeMap<UserId, User>,
    writers: BTreeMap<WriterId, Writer>,
    entries: BTreeMap<EntryId, Stored>,
    students: BTreeMap<StudentId, Row>,
    knocks: BTreeMap<KnockId, Knock>,
    held: Vec<EntryId>,
    // By owner too: a duty that changes hands is done for the one and new for the other.
    duties: BTreeMap<(DutyId, Uuid), Shown<Duty>>,
    cards: BTreeMap<Uuid, Shown<Card>>,
    quarantine: BTreeMap<EntryId, (Actor, Entry, DateTime<Utc>)>,
    decided: BTreeMap<EntryId, Decided>,
    /// Items a page holds; small in tests, so that paging is met.
    pub page: usize,
}

impl Hub {
    /// An empty county with its directory.
    pub fn new(county: CountyId, directory: Directory) -> Self {
        Self {
            county,
            epoch: 1,
            ver: 0,
            directory,
            users: BTreeMap::new(),
            writers: BTreeMap::new(),
            entries: BTreeMap::new(),
            students: BTreeMap::new(),
            knocks: BTreeMap::new(),
            held: Vec::new(),
            duties: BTreeMap::new(),
            cards: BTreeMap::new(),
            quarantine: BTreeMap::new(),
            decided: BTreeMap::new(),
            page: 500,
        }
    }

    /// Sets what a person may from now on. What went is remembered with its moment.
    pub fn set_actor(&mut self, actor: Actor) {
        self.ver += 1;
        let mut gone = Vec::new();
        if let Some(old) = self.users.get(&actor.user) {
            gone.clone_from(&old.gone);
            let lost = old.actor.grants.iter().filter(|g| !actor.grants.contains(g));
            gone.extend(lost.map(|g| (g.clone(), self.ver)));
        }
        self.users.insert(actor.user, User { actor, gone, ver: self.ver });
    }

    /// The server was restored from this older copy: its order begins a new epoch.
    #[must_use]
    pub fn restored(mut self, newer: &Self) -> Self {
        self.epoch = newer.epoch + 1;
        self
    }

    /// Entries that stand, with their authors, in the server's order.
    pub fn standing(&self) -> impl Iterator<Item = &SeenEntry> {
        let mut stored: Vec<_> = self.entries.values().collect();
        stored.sort_by_key(|s| s.ver);
        stored.into_iter().map(|s| &s.seen)
    }

    /// Entries kept for the office.
    pub fn quarantined(&self) -> impl Iterator<Item = &EntryId> {
        self.quarantine.keys().filter(|id| !self.decided.contains_key(id))
    }

    /// The office decides about an entry that was kept for it: `None` = it stands, as its author wrote
    /// it then. `false` = nothing of that id waits, or it cannot be read.
    pub fn decide(&mut self, id: EntryId, returned: Option<String>, now: DateTime<Utc>) -> bool {
        let Some((author, entry, received_at)) = self.quarantine.get(&id).cloned() else { return false };
        if self.decided.contains_key(&id) || returned.is_none() && entry.body.kind().is_none() {
            return false;
        }
        if returned.is_none() {
            self.store(&author, &entry, now);
        }
        self.decided.insert(id, Decided { id, received_at, returned });
        true
    }

    /// Where a student stands.
    pub fn state(&self, id: StudentId) -> Option<&StudentState> {
        self.students.get(&id).map(|row| &row.state)
    }

    /// One request of a signed-in person. `None` = not signed in as anybody known.
    pub fn sync(&mut self, user: UserId, request: &SyncRequest, now: DateTime<Utc>) -> Option<SyncResponse> {
        let actor = self.users.get(&user)?.actor.clone();
        let mut response = SyncResponse { server_time: Some(now), ..SyncResponse::default() };
        self.push(&actor, request, now, &mut response);
        response.decided = request.kept.iter().filter_map(|id| self.decision(&actor, *id)).collect();
        response.page = self.pull(&actor, request);
        Some(response)
    }

    fn decision(&self, actor: &Actor, id: EntryId) -> Option<Decided> {
        let (author, ..) = self.quarantine.get(&id)?;
        self.decided.get(&id).filter(|_| author.user == actor.user).cloned()
    }

    fn push(
        &mut self,
        actor: &Actor,
        request: &SyncRequest,
        now: DateTime<Utc>,
        response: &mut SyncResponse,
    ) {
        let writer = self.writers.entry(request.writer).or_insert_with(|| Writer {
            user: actor.user,
            last_seq: 0,
            answers: BTreeMap::new(),
        });
        if writer.user != actor.user {
            response.forked = true;
            return;
        }
        for raw in &request.entries {
            let Ok(entry) = serde_json::from_str::<Entry>(raw.get()) else { continue };
            let Some(writer) = self.writers.get(&request.writer) else { return };
            if let Some((id, answer)) = writer.answers.get(&entry.seq) {
                if *id != entry.id {
                    response.forked = true;
                    return;
                }
                response.receipts.push(Receipt { id: entry.id, seq: entry.seq, answer: answer.clone() });
                continue;
            }
            if entry.seq != writer.last_seq + 1 {
                response.expected_seq = Some(writer.last_seq + 1);
                return;
            }
            let answer = self.take(actor, &entry, request.cursor, now);
            if let Some(writer) = self.writers.get_mut(&request.writer) {
                writer.last_seq = entry.seq;
                writer.answers.insert(entry.seq, (entry.id, answer.clone()));
            }
            response.receipts.push(Receipt { id: entry.id, seq: entry.seq, answer });
        }
    }

    fn take(&mut self, actor: &Actor, entry: &Entry, cursor: Option<Cursor>, now: DateTime<Utc>) -> Answer {
        let number = receipt_number(entry.id, now);
        if let Some(known) = self.entries.get(&entry.id) {
            let same = known.seen.entry.body == entry.body && known.seen.entry.subject == entry.subject;
            return if same {
                Answer::Accepted { number, received_at: known.seen.received_at }
            } else {
                Answer::Refused { problems: vec![Problem::at("id", "ID_TAKEN")] }
            };
        }
        if self.quarantine.contains_key(&entry.id) {
            return Answer::Quarantined { number };
        }
        let place = self.place(entry.subject);
        let had = cursor.map_or(0, |c| if c.epoch == self.epoch { c.ver } else { 0 });
        let had_right = self.users.get(&actor.user).zip(place.as_ref()).is_some_and(|(user, place)| {
            let mut then = actor.clone();
            then.grants.extend(user.gone.iter().filter(|(_, gone)| *gone > had).map(|(g, _)| g.clone()));
            Facet::of(&entry.body).is_some_and(|facet| crate::access::may_write(&then, facet, place))
        });
        let referred = refers_to(entry).and_then(|id| self.entries.get(&id)).map(|s| Known {
            author: s.seen.author,
            kind: s.seen.entry.body.kind(),
            subject: s.seen.entry.subject,
            signed_in: Facet::of(&s.seen.entry.body) == Some(Facet::Of(Kind::Confirmation)),
        });
        let knock = entry.knock.and_then(|id| self.knocks.get(&id)).map(|k| KnownKnock {
            author: k.author,
            village: k.village,
            seal: k.seal.as_ref(),
        });
        let state = about(entry).and_then(|id| self.students.get(&id)).map(|row| &row.state);
        let facts = Facts { place: place.as_ref(), state, referred, knock, had_right };
        match judge(actor, entry, &facts) {
            Verdict::Refuse(problems) => Answer::Refused { problems },
            Verdict::Quarantine => {
                self.quarantine.insert(entry.id, (actor.clone(), entry.clone(), now));
                Answer::Quarantined { number }
            }
            Verdict::Accept => {
                self.store(actor, entry, now);
                Answer::Accepted { number, received_at: now }
            }
        }
    }

    /// Writes an entry down as the office's tools do, without asking whether it may stand.
    pub fn store(&mut self, author: &Actor, entry: &Entry, now: DateTime<Utc>) {
        self.ver += 1;
        let place = match entry.subject {
            Subject::Student(id) => id.0,
            Subject::School(id) => id.0,
            Subject::Village(id) => id.0,
        };
        let seen = SeenEntry {
            entry: entry.clone(),
            author: author.user,
            author_name: author.name.clone(),
            received_at: now,
        };
        self.entries.insert(entry.id, Stored { seen, place, ver: self.ver });
        match entry.subject {
            Subject::Student(id) => self.fold(id, author, entry, now),
            Subject::Village(village) => self.answered(village, author, entry, now),
            Subject::School(_) => {}
        }
    }

    fn fold(&mut self, id: StudentId, author: &Actor, entry: &Entry, now: DateTime<Utc>) {
        let recorded = Recorded { entry, author: author.user, author_name: &author.name, received_at: now };
        let row = self.students.entry(id).or_default();
        let before = row.state.clone();
        row.state.fold(&recorded);
        if let (Body::Visit(visit), Some(knock)) = (&entry.body, entry.knock) {
            let known = self.knocks.entry(knock).or_insert_with(|| Knock {
                author: author.user,
                village: visit.village,
                seal: visit.seal.clone(),
                students: BTreeSet::new(),
            });
            known.students.insert(id);
            let held: Vec<_> = self.held.iter().filter_map(|id| self.entries.get(id)).cloned().collect();
            for confirmation in held {
                self.match_answer(&confirmation.seen);
            }
        }
        if self.students.get(&id).is_some_and(|row| row.state != before) {
            self.show(id, now);
        }
    }

    fn answered(&mut self, village: VillageId, author: &Actor, entry: &Entry, now: DateTime<Utc>) {
        match &entry.body {
            Body::Confirmation(_) => {
                self.held.push(entry.id);
                let seen = SeenEntry {
                    entry: entry.clone(),
                    author: author.user,
                    author_name: author.name.clone(),
                    received_at: now,
                };
                if let Some(old) = entry.supersedes {
                    self.each_of(village, now, |state| state.unanswer(old));
                }
                self.match_answer(&seen);
            }
            Body::Withdrawal(withdrawal) => self.each_of(village, now, |state| state.unanswer(withdrawal.of)),
            Body::Dispute(dispute) => self.each_of(village, now, |state| state.dispute(dispute.of)),
            Body::VillageNote(note) => {
                let recorded =
                    Recorded { entry, author: author.user, author_name: &author.name, received_at: now };
                let told = note.about.and_then(|id| self.students.get_mut(&id).map(|row| (id, row)));
                if let Some((id, row)) = told {
                    row.state.hear(&recorded, note);
                    self.show(id, now);
                }
            }
            _ => {}
        }
    }

    fn each_of(&mut self, village: VillageId, now: DateTime<Utc>, change: impl Fn(&mut StudentState)) {
        let of_village = |row: &Row| row.state.visits.iter().any(|l| l.village == village);
        let ids: Vec<_> = self.students.iter().filter(|(_, r)| of_village(r)).map(|(id, _)| *id).collect();
        for id in ids {
            let Some(row) = self.students.get_mut(&id) else { continue };
            let before = row.state.clone();
            change(&mut row.state);
            if row.state != before {
                self.show(id, now);
            }
        }
    }

    /// Lays an answer beside the visits it fits, whichever came first. It stays held, for siblings'
    /// entries of the same knock that are still on their way.
    fn match_answer(&mut self, seen: &SeenEntry) {
        let Body::Confirmation(confirmation) = &seen.entry.body else { return };
        let fits = |knock: &Knock| {
            let seal = knock.seal.as_ref();
            seal.is_some_and(|s| {
                confirmation::opens(s, knock.village, seen.entry.subject, &confirmation.proof)
            })
        };
        let knock = match seen.entry.knock {
            Some(id) => self.knocks.get_key_value(&id).filter(|(_, k)| fits(k)),
            None => self.knocks.iter().find(|(_, k)| fits(k)),
        };
        let Some((knock, students)) = knock.map(|(id, k)| (*id, k.students.clone())) else { return };
        let answer = confirmation::Answer {
            entry: seen.entry.id,
            result: confirmation.result.clone(),
            strength: Strength::of(&confirmation.proof, true),
            role: confirmation.role.clone(),
            name: Some(seen.author_name.clone()),
            user: Some(seen.author),
            at: seen.received_at,
            shown: confirmation.shown.clone(),
            discrepancies: confirmation.discrepancies.clone(),
            comment: confirmation.comment.clone(),
            disputed: false,
        };
        for id in students {
            let Some(row) = self.students.get_mut(&id) else { continue };
            let before = row.state.clone();
            row.state.answer(knock, &answer);
            if row.state != before {
                self.show(id, seen.received_at);
            }
        }
    }

    /// Everything that follows from where a student stands, as others see it.
    fn show(&mut self, id: StudentId, now: DateTime<Utc>) {
        let ver = self.ver;
        let Some(row) = self.students.get_mut(&id) else { return };
        row.ver = ver;
        let state = row.state.clone();
        let covers =
            self.place(Subject::Student(id)).map(|place| self.visible_in(&state, place)).unwrap_or_default();
        if let Some(row) = self.students.get_mut(&id) {
            for (scope, (gone, at)) in &mut row.scopes {
                if !*gone && !covers.contains(scope) {
                    (*gone, *at) = (true, ver);
                }
            }
            for scope in covers {
                let entry = row.scopes.entry(scope).or_insert((true, ver));
                if entry.0 {
                    *entry = (false, ver);
                }
            }
        }
        let (policy, calendar) = (&self.directory.policy, &self.directory.calendar);
        let duties = owed(id, &state, policy, calendar, local_date(now));
        renew(
            &mut self.duties,
            ver,
            |d| d.student == Some(id),
            duties.into_iter().map(|d| ((d.id, d.owner.key()), d)),
        );
        let here = cards(id, &state, policy, &self.directory);
        renew(&mut self.cards, ver, |c| c.student == id, here.into_iter().map(|c| (c.id, c)));
    }

    fn visible_in(&self, state: &StudentState, place: Place) -> BTreeSet<Uuid> {
        let narrow: BTreeSet<Uuid> = place.scopes.into_iter().collect();
        let wide = self.township(state).map(|t| t.0).into_iter().chain([self.county.0]);
        let villages: BTreeSet<_> = state.basics.iter().filter_map(|b| b.village).map(|v| v.0).collect();
        let narrow = narrow.into_iter().filter(|s| !villages.contains(s));
        if place.open {
            narrow.chain(wide).collect()
        } else {
            let wide: BTreeSet<_> = wide.collect();
            narrow.filter(|s| !wide.contains(s)).collect()
        }
    }

    fn township(&self, state: &StudentState) -> Option<TownshipId> {
        let village = state.basics.as_ref()?.village?;
        self.directory.village(village).map(|v| v.township)
    }

    fn place(&self, subject: Subject) -> Option<Place> {
        let county = Some(self.county);
        match subject {
            Subject::School(id) => Some(Place { county, scopes: vec![id.0], open: false }),
            Subject::Village(id) => Some(Place { county, scopes: vec![id.0], open: false }),
            Subject::Student(id) => {
                let state = &self.students.get(&id)?.state;
                let basics = state.basics.as_ref()?;
                let grade = self.directory.class(basics.class).map(|c| c.grade_scope().key());
                let mut scopes = vec![basics.class.0, basics.school.0];
                scopes.extend(grade);
                scopes.extend(basics.village.map(|v| v.0));
                scopes.extend(self.township(state).map(|t| t.0));
                Some(Place { county, scopes, open: state.is_open(&self.directory.policy) })
            }
        }
    }

    fn pull(&self, actor: &Actor, request: &SyncRequest) -> Page {
        let user_ver = self.users.get(&actor.user).map_or(0, |u| u.ver);
        let at = request.cursor.filter(|c| c.epoch == self.epoch && c.ver >= user_ver);
        let from = at.map_or(0, |c| c.ver);
        let mut vers: BTreeSet<u64> = BTreeSet::new();
        vers.extend(self.entries.values().map(|s| s.ver));
        vers.extend(self.students.values().flat_map(|r| r.scopes.values().map(|(_, v)| *v).chain([r.ver])));
        vers.extend(self.duties.values().map(|s| s.ver).chain(self.cards.values().map(|s| s.ver)));
        let page: Vec<u64> = vers.into_iter().filter(|v| *v > from).take(self.page + 1).collect();
        let more = page.len() > self.page;
        let until =
            page.get(self.page.saturating_sub(1)).copied().filter(|_| more).unwrap_or(self.ver.max(user_ver));
        let mut out = Page { reset: at.is_none(), more, ..Page::default() };
        out.cursor = Some(Cursor { epoch: self.epoch, xid: 0, ver: until.max(user_ver.min(self.ver)) });
        let new = |ver: u64| from < ver && ver <= until;
        for (id, row) in &self.students {
            self.pull_student(actor, *id, row, &new, &mut out);
        }
        for shown in self.duties.values().filter(|s| new(s.ver) && owns(actor, &s.value.owner)) {
            if shown.gone { out.done.push(shown.value.id) } else { out.duties.push(shown.value.clone()) }
        }
        for shown in self.cards.values().filter(|s| new(s.ver) && may_hold(actor, &s.value)) {
            if shown.gone { out.cards_gone.push(shown.value.id) } else { out.cards.push(shown.value.clone()) }
        }
        out
    }

    fn pull_student(
        &self,
        actor: &Actor,
        id: StudentId,
        row: &Row,
        new: &impl Fn(u64) -> bool,
        out: &mut Page,
    ) {
        let mine = |scope: &Uuid| actor.grants.iter().any(|g| g.scope.key() == *scope);
        let place = Place {
            county: Some(self.county),
            scopes: row.scopes.iter().filter(|(_, (gone, _))| !gone).map(|(s, _)| *s).collect(),
            open: true,
        };
        let touched = row.scopes.iter().any(|(s, (_, ver))| mine(s) && new(*ver));
        if !may_read(actor, Facet::Student, &place, None) {
            if touched {
                out.forget.push(id);
            }
            return;
        }
        let student = StudentView {
            id,
            state: row.state.clone().seen_by(actor, &place).into(),
            initials: String::new(),
            siblings: Vec::new(),
        };
        let readable = |s: &&Stored| {
            let facet = Facet::of(&s.seen.entry.body);
            s.place == id.0 && facet.is_some_and(|f| may_read(actor, f, &place, Some(s.seen.author)))
        };
        let mut entries: Vec<_> = self.entries.values().filter(readable).collect();
        entries.sort_by_key(|s| s.ver);
        if touched {
            let entries: Vec<_> = entries.into_iter().map(|s| s.seen.clone()).collect();
            out.files.push(FileView { student, entries: entries.into() });
            return;
        }
        if new(row.ver) {
            out.students.push(student);
        }
        out.entries.read.extend(entries.into_iter().filter(|s| new(s.ver)).map(|s| s.seen.clone()));
    }
}

fn renew<K: Ord + Copy, T: PartialEq>(
    rows: &mut BTreeMap<K, Shown<T>>,
    ver: u64,
    of_this: impl Fn(&T) -> bool,
    now: impl Iterator<Item = (K, T)>,
) {
    let mut now: BTreeMap<K, T> = now.collect();
    for (key, shown) in rows.iter_mut().filter(|(_, s)| of_this(&s.value)) {
        match now.remove(key) {
            Some(value) if shown.gone || shown.value != value => *shown = Shown { value, gone: false, ver },
            Some(_) => {}
            None if !shown.gone => (shown.gone, shown.ver) = (true, ver),
            None => {}
        }
    }
    rows.extend(now.into_iter().map(|(key, value)| (key, Shown { value, gone: false, ver })));
}
