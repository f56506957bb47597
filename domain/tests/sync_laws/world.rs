//! Phones and a hub, what may happen to them, and what must hold afterwards.

use crate::county::*;
use crate::tomorrow;
use chrono::Duration;
use domain::access::{Facet, Place, may_read};
use domain::confirmation::{Confirmation, Projection, Proof, Seal, Secret};
use domain::entry::{Body, Entry, Subject};
use domain::ids::*;
use domain::register::{Register, Source};
use domain::sync::hub::Hub;
use domain::sync::{Cursor, NewEntry, Progress, Replica, SyncRequest, SyncResponse};
use domain::visit::{Participant, Visit, Withdrawal};
use domain::vocabulary::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub enum Step {
    Visit { phone: usize, student: u128 },
    Correct { phone: usize },
    Withdraw { phone: usize },
    Confirm { phone: usize, knock: u128 },
    NewerApp { phone: usize, student: u128 },
    Update { phone: usize },
    Broken { phone: usize, student: u128 },
    Sync { phone: usize },
    ReplyLost { phone: usize },
    Killed { phone: usize, stored: bool },
    Twice { phone: usize },
    Reordered { phone: usize },
    Clock { phone: usize, years: i64 },
    LoggedOut { phone: usize },
    OtherUser { phone: usize, user: usize },
    Move { student: u128, class: u128 },
    Grants { user: usize, on: bool },
    Settle { phone: usize },
    Decide { takes: bool },
    Lapse { phone: usize },
    Cloned { phone: usize, to: usize },
    Backup,
    Restore,
}

pub fn step() -> impl Strategy<Value = Step> {
    let phone = 0..4_usize;
    let who = 0..STUDENTS;
    prop_oneof![
        6 => (phone.clone(), who.clone()).prop_map(|(phone, student)| Step::Visit { phone, student }),
        1 => phone.clone().prop_map(|phone| Step::Correct { phone }),
        1 => phone.clone().prop_map(|phone| Step::Withdraw { phone }),
        3 => (phone.clone(), 0..6_u128).prop_map(|(phone, knock)| Step::Confirm { phone, knock }),
        1 => (phone.clone(), who.clone()).prop_map(|(phone, student)| Step::NewerApp { phone, student }),
        1 => phone.clone().prop_map(|phone| Step::Update { phone }),
        1 => (phone.clone(), who.clone()).prop_map(|(phone, student)| Step::Broken { phone, student }),
        6 => phone.clone().prop_map(|phone| Step::Sync { phone }),
        3 => phone.clone().prop_map(|phone| Step::ReplyLost { phone }),
        2 => (phone.clone(), any::<bool>()).prop_map(|(phone, stored)| Step::Killed { phone, stored }),
        2 => phone.clone().prop_map(|phone| Step::Twice { phone }),
        2 => phone.clone().prop_map(|phone| Step::Reordered { phone }),
        1 => (phone.clone(), -10..=10_i64).prop_map(|(phone, years)| Step::Clock { phone, years }),
        1 => phone.clone().prop_map(|phone| Step::LoggedOut { phone }),
        1 => (phone.clone(), 0..4_usize).prop_map(|(phone, user)| Step::OtherUser { phone, user }),
        1 => (who, 0..2_u128).prop_map(|(student, class)| Step::Move { student, class }),
        1 => (0..4_usize, any::<bool>()).prop_map(|(user, on)| Step::Grants { user, on }),
        1 => phone.clone().prop_map(|phone| Step::Settle { phone }),
        1 => any::<bool>().prop_map(|takes| Step::Decide { takes }),
        1 => phone.clone().prop_map(|phone| Step::Lapse { phone }),
        1 => (phone, 0..4_usize).prop_map(|(phone, to)| Step::Cloned { phone, to }),
        1 => Just(Step::Backup),
        1 => Just(Step::Restore),
    ]
}

pub struct Phone {
    pub user: usize,
    /// Its app knows less than the server does.
    pub old: bool,
    pub online: bool,
    pub clock: Duration,
    pub replicas: BTreeMap<usize, Replica>,
}

pub struct World {
    pub hub: Hub,
    pub backup: Hub,
    pub phones: Vec<Phone>,
    pub next: u128,
    pub moves: u64,
    pub knocks: Vec<(KnockId, Projection, Secret)>,
    pub written: BTreeMap<EntryId, (usize, usize)>,
    pub settled: BTreeSet<EntryId>,
    pub touched: BTreeSet<usize>,
}

impl World {
    pub fn new() -> Self {
        let hub = hub();
        let phone = |n: usize| {
            let user = [0, 0, 1, 2][n];
            let writer = WriterId(id(70, n as u128 * 10 + user as u128));
            Phone {
                user,
                old: n != 1,
                online: true,
                clock: Duration::zero(),
                replicas: [(user, Replica::new(writer))].into(),
            }
        };
        Self {
            backup: hub.clone(),
            hub,
            phones: (0..4).map(phone).collect(),
            next: 1000,
            moves: 0,
            knocks: Vec::new(),
            written: BTreeMap::new(),
            settled: BTreeSet::new(),
            touched: BTreeSet::new(),
        }
    }

    pub fn fresh(&mut self) -> Uuid {
        self.next += 1;
        id(80, self.next)
    }

    pub fn replica(&mut self, phone: usize) -> &mut Replica {
        let user = self.phones[phone].user;
        let writer = WriterId(id(70, phone as u128 * 10 + user as u128));
        self.phones[phone].replicas.entry(user).or_insert_with(|| Replica::new(writer))
    }

    pub fn write(
        &mut self,
        phone: usize,
        subject: Subject,
        knock: Option<KnockId>,
        supersedes: Option<EntryId>,
        body: Body,
    ) {
        let entry = EntryId(self.fresh());
        let at = now() + self.phones[phone].clock;
        let new = NewEntry { id: entry, subject, knock, supersedes, body, label: String::new() };
        self.replica(phone).record(vec![new], at).unwrap();
        self.written.insert(entry, (phone, self.phones[phone].user));
    }

    pub fn visit(&mut self, phone: usize, of: StudentId, broken: bool) {
        let people = people();
        let me = &people[self.phones[phone].user];
        let secret = Secret(self.fresh().as_u64_pair().1.to_be_bytes());
        let knock = KnockId(self.fresh());
        let at = now() + self.phones[phone].clock;
        let day = domain::calendar::local_date(at);
        let visit = Visit {
            kind: VisitKind::DoorKnock,
            purposes: vec![Purpose::Absence],
            planned_on: None,
            started_at: at,
            ended_at: None,
            household: "孩子家".into(),
            village: village(0),
            participants: vec![Participant {
                user: Some(me.user),
                name: me.name.clone(),
                side: Side::School,
            }],
            no_village: None,
            met: vec![],
            calls: vec![],
            outcome: Outcome::NotHome,
            left_note: false,
            asked_neighbour: false,
            language: None,
            interpreter: None,
            whereabouts: None,
            causes: vec![],
            student_attitude: None,
            guardian_attitude: None,
            explained_rules: false,
            commitments: vec![],
            next_follow_up_on: Some(if broken { day } else { day + chrono::Days::new(3) }),
            remark: None,
            difficulties: vec![],
            signature: None,
            seal: Some(Seal::of(&secret)),
        };
        self.knocks.push((knock, Projection::of(knock, &visit), secret));
        self.write(phone, Subject::Student(of), Some(knock), None, Body::Visit(visit));
    }

    pub fn last_visit(&mut self, phone: usize) -> Option<Entry> {
        let replica = self.replica(phone);
        let visits = replica.outbox.iter().rev().map(|q| &q.entry);
        visits.into_iter().find(|e| matches!(e.body, Body::Visit(_))).cloned()
    }

    pub fn ask(&mut self, phone: usize) -> Option<(Option<Cursor>, SyncRequest)> {
        if !self.phones[phone].online {
            return None;
        }
        let request = self.replica(phone).request("test");
        Some((request.cursor, request))
    }

    pub fn serve(&mut self, phone: usize, request: &SyncRequest) -> Option<SyncResponse> {
        self.hub.sync(people()[self.phones[phone].user].user, request, now())
    }

    pub fn take(&mut self, phone: usize, asked: Option<Cursor>, response: SyncResponse) -> bool {
        let response = if self.phones[phone].old { tomorrow::seen_today(&response) } else { response };
        let changes = self.replica(phone).receive(asked, response);
        if changes.forked {
            let writer = WriterId(self.fresh());
            self.replica(phone).fork(writer).unwrap();
        }
        changes.more || changes.forked
    }

    pub fn sync(&mut self, phone: usize) -> bool {
        let Some((asked, request)) = self.ask(phone) else { return false };
        match self.serve(phone, &request) {
            Some(response) => self.take(phone, asked, response),
            None => false,
        }
    }

    pub fn step(&mut self, step: &Step) {
        match *step {
            Step::Visit { phone, student: n } => self.visit(phone, student(n), false),
            Step::Broken { phone, student: n } => self.visit(phone, student(n), true),
            Step::Correct { phone } => {
                if let Some(old) = self.last_visit(phone) {
                    self.write(phone, old.subject, old.knock, Some(old.id), old.body);
                }
            }
            Step::Withdraw { phone } => {
                if let Some(old) = self.last_visit(phone) {
                    let body = Body::Withdrawal(Withdrawal { of: old.id, why: None });
                    self.write(phone, old.subject, None, None, body);
                }
            }
            Step::Confirm { phone, knock } => {
                let Some((knock, projection, secret)) = self.knocks.get(knock as usize).cloned() else {
                    return;
                };
                let body = Confirmation {
                    result: ConfirmationResult::Confirmed,
                    proof: Proof::Secret(domain::hex(&secret.0)),
                    shown: Some(projection.mark()),
                    discrepancies: vec![],
                    comment: None,
                    role: CadreRole::Secretary,
                    name: None,
                };
                self.write(phone, Subject::Village(village(0)), Some(knock), None, Body::Confirmation(body));
            }
            Step::NewerApp { phone, student: n } => {
                let body =
                    Body::Unknown { kind: "SONG".into(), version: 1, body: serde_json::json!({"la": 3}) };
                self.write(phone, Subject::Student(student(n)), None, None, body);
            }
            Step::Update { phone } => self.update(phone),
            Step::Sync { phone } => {
                self.sync(phone);
            }
            Step::ReplyLost { phone } => {
                if let Some((_, request)) = self.ask(phone) {
                    self.serve(phone, &request);
                }
            }
            Step::Killed { phone, stored } => {
                let before = self.replica(phone).clone();
                self.sync(phone);
                let replica = self.replica(phone);
                if !stored {
                    *replica = before;
                } else if replica.incoming.take().is_some() {
                    // Of half a pull from the beginning nothing is kept but that it begins anew.
                    replica.cursor = replica.cursor.map(Cursor::beginning);
                }
            }
            Step::Twice { phone } => {
                let Some((asked, request)) = self.ask(phone) else { return };
                self.serve(phone, &request);
                if let Some(response) = self.serve(phone, &request) {
                    self.take(phone, asked, response.clone());
                    self.take(phone, asked, response);
                }
            }
            Step::Reordered { phone } => {
                let Some((asked, first)) = self.ask(phone) else { return };
                self.visit(phone, student(0), false);
                let Some((_, second)) = self.ask(phone) else { return };
                let late = self.serve(phone, &second);
                let early = self.serve(phone, &first);
                for response in [early, late].into_iter().flatten() {
                    self.take(phone, asked, response);
                }
            }
            Step::Clock { phone, years } => self.phones[phone].clock = Duration::days(365 * years),
            Step::LoggedOut { phone } => self.phones[phone].online = !self.phones[phone].online,
            Step::OtherUser { phone, user } => self.phones[phone].user = user,
            Step::Move { student: n, class: to } => self.move_to(student(n), class(to)),
            Step::Grants { user, on } => {
                self.touched.insert(user);
                let mut person = people()[user].clone();
                if !on {
                    person.grants.clear();
                }
                self.hub.set_actor(person);
            }
            Step::Settle { phone } => {
                let replica = self.replica(phone);
                let refused: Vec<_> = replica.refused().map(|q| q.entry.id).collect();
                for entry in refused {
                    self.replica(phone).settle(entry);
                    self.settled.insert(entry);
                }
            }
            Step::Lapse { phone } => {
                self.replica(phone).lapse(now() + Duration::days(15));
            }
            Step::Decide { takes } => {
                let Some(kept) = self.hub.quarantined().next().copied() else { return };
                self.hub.decide(kept, (!takes).then(|| "不是这个班的".into()), now());
            }
            Step::Cloned { phone, to } => {
                // A device restored from another one's backup: the same writer twice. Only onto a phone
                // that has nothing of this user yet.
                let user = self.phones[phone].user;
                let mut copy = self.replica(phone).clone();
                if !self.phones[to].old {
                    tomorrow::comes(&mut copy);
                }
                self.phones[to].replicas.entry(user).or_insert(copy);
            }
            Step::Backup => self.backup = self.hub.clone(),
            Step::Restore => self.hub = self.backup.clone().restored(&self.hub),
        }
    }

    pub fn move_to(&mut self, of: StudentId, to: ClassId) {
        self.moves += 1;
        let [_, _, _, office] = people();
        let register = Register {
            field: "class".into(),
            from: None,
            to: Some(to.to_string()),
            source: Source::Decision,
        };
        let entry = Entry {
            id: EntryId(self.fresh()),
            subject: Subject::Student(of),
            knock: None,
            recorded_at: now(),
            writer: WriterId(id(60, 1)),
            seq: self.moves,
            supersedes: None,
            body: Body::Register(register),
        };
        self.hub.store(&office, &entry, now());
    }

    /// The app of a phone becomes the server's, and is started.
    pub fn update(&mut self, phone: usize) {
        if std::mem::take(&mut self.phones[phone].old) {
            self.phones[phone].replicas.values_mut().for_each(tomorrow::comes);
        }
    }

    /// Everybody finds a signal, signs in and syncs until nothing moves.
    pub fn settle_down(&mut self) {
        for user in &self.touched {
            self.hub.set_actor(people()[*user].clone());
        }
        for round in 0..3 {
            for phone in 0..self.phones.len() {
                if round == 1 {
                    self.update(phone);
                }
                let was = self.phones[phone].user;
                let users: Vec<_> = self.phones[phone].replicas.keys().copied().collect();
                for user in users {
                    (self.phones[phone].user, self.phones[phone].online) = (user, true);
                    let rounds = (0..500).take_while(|_| self.sync(phone)).count();
                    assert!(rounds < 500, "phone {phone} never comes to rest");
                }
                self.phones[phone].user = was;
            }
        }
    }

    pub fn laws(&mut self) {
        let standing: BTreeMap<EntryId, _> = self.hub.standing().map(|s| (s.entry.id, s.clone())).collect();
        let kept: BTreeSet<_> = self.hub.quarantined().copied().collect();
        for (entry, (phone, user)) in &self.written {
            let replica = &self.phones[*phone].replicas[user];
            let Some(queued) = replica.outbox.iter().find(|q| q.entry.id == *entry) else {
                assert!(self.settled.contains(entry), "{entry} was purged unsent");
                continue;
            };
            match &queued.progress {
                Progress::Waiting => panic!("{entry} never went out"),
                Progress::Accepted { .. } => {
                    let stored = standing.get(entry).expect("acknowledged and lost");
                    assert_eq!(stored.entry.body, queued.entry.body);
                    assert_eq!(stored.author, people()[*user].user, "sent under another name");
                }
                Progress::Quarantined { .. } => assert!(kept.contains(entry)),
                Progress::Refused { .. } => assert!(!standing.contains_key(entry)),
                Progress::Returned { .. } => {
                    assert!(
                        !standing.contains_key(entry) && !kept.contains(entry),
                        "{entry} is not decided so"
                    );
                }
            }
        }
        for n in 0..STUDENTS {
            let state = self.hub.state(student(n)).unwrap();
            let unique: BTreeSet<_> = state.visits.iter().map(|l| l.entry).collect();
            assert_eq!(unique.len(), state.visits.len(), "a visit has effect twice");
            assert!(unique.iter().all(|e| standing.contains_key(e)));
            for line in &state.visits {
                let answers: BTreeSet<_> = line.answers.iter().map(|a| a.entry).collect();
                assert_eq!(answers.len(), line.answers.len(), "an answer counts twice");
            }
        }
        for phone in &self.phones {
            for (user, replica) in &phone.replicas {
                let me = &people()[*user];
                assert!(replica.parting.is_empty() && replica.incoming.is_none());
                for file in replica.caseload.files.values() {
                    let basics = file.student.state.basics.as_ref().unwrap();
                    let place =
                        Place { county: Some(COUNTY), scopes: vec![basics.class.0, SCHOOL.0], open: true };
                    assert!(may_read(me, Facet::Student, &place, None), "a child outside its scope stays");
                }
                let mut fresh = Replica::new(WriterId(id(90, *user as u128)));
                for _ in 0..500 {
                    let request = fresh.request("test");
                    let asked = request.cursor;
                    let response = self.hub.sync(me.user, &request, now()).unwrap();
                    if !fresh.receive(asked, response).more {
                        break;
                    }
                }
                assert_eq!(
                    sorted(&replica.caseload),
                    sorted(&fresh.caseload),
                    "replicas of one scope differ"
                );
            }
        }
    }
}

pub fn sorted(caseload: &domain::sync::Caseload) -> domain::sync::Caseload {
    let mut caseload = caseload.clone();
    for file in caseload.files.values_mut() {
        let mut entries = file.entries.to_vec();
        entries.sort_by_key(|seen| seen.entry.id);
        file.entries = entries.into();
    }
    caseload
}
