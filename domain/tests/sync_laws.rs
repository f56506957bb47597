//! The laws of sync, held by three to four phones and the reference hub through random days: lost
//! replies, repeated and reordered requests, cloned devices, wrong clocks, moved children, changed grants, two users
//! on one phone, entries of a newer app, a server restored from a backup.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use chrono::{DateTime, Duration, Utc};
use domain::access::{Facet, Place, may_read};
use domain::actor::{Actor, Grant, Role, Scope};
use domain::confirmation::{Confirmation, Projection, Proof, Seal, Secret};
use domain::directory::{Class, Directory, School, Village};
use domain::enrolment::Enrolment;
use domain::entry::{Body, Entry, Subject};
use domain::ids::*;
use domain::register::{Register, Source};
use domain::student::Basics;
use domain::sync::hub::Hub;
use domain::sync::{Cursor, NewEntry, Progress, Replica, SyncRequest, SyncResponse};
use domain::visit::{Participant, Visit, Withdrawal};
use domain::vocabulary::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const STUDENTS: u128 = 6;

fn id(space: u128, n: u128) -> Uuid {
    Uuid::from_u128(space << 64 | n)
}

fn class(n: u128) -> ClassId {
    ClassId(id(10, n))
}

fn student(n: u128) -> StudentId {
    StudentId(id(20, n % STUDENTS))
}

fn village(n: u128) -> VillageId {
    VillageId(id(30, n))
}

const COUNTY: CountyId = CountyId(Uuid::from_u128(1));
const SCHOOL: SchoolId = SchoolId(Uuid::from_u128(2));

fn now() -> DateTime<Utc> {
    "2026-11-20T09:38:00Z".parse().unwrap()
}

fn actor(n: u128, grants: &[(Role, Scope)]) -> Actor {
    Actor {
        user: UserId(id(40, n)),
        county: COUNTY,
        name: format!("用户{n}"),
        phone: String::new(),
        grants: grants
            .iter()
            .map(|(role, scope)| Grant { role: *role, scope: *scope, cadre: None })
            .collect(),
    }
}

fn people() -> [Actor; 4] {
    [
        actor(0, &[(Role::ClassTeacher, Scope::Class(class(0)))]),
        actor(1, &[(Role::ClassTeacher, Scope::Class(class(1)))]),
        actor(2, &[(Role::Cadre, Scope::Village(village(0)))]),
        actor(3, &[(Role::Office, Scope::School(SCHOOL))]),
    ]
}

fn hub() -> Hub {
    let directory = Directory {
        schools: vec![School {
            id: SCHOOL,
            name: "示例中学".into(),
            kind: SchoolKind::Junior,
            phone: String::new(),
        }],
        classes: (0..2)
            .map(|n| Class {
                id: class(n),
                school: SCHOOL,
                stage: Stage::Junior,
                entry_year: 2026,
                number: n as u16 + 1,
            })
            .collect(),
        villages: (0..2)
            .map(|n| Village {
                id: village(n),
                code: format!("99010100120{}", n + 1),
                name: format!("{n}村"),
                township: TownshipId(Uuid::from_u128(3)),
                township_name: "示例镇".into(),
            })
            .collect(),
        ..Directory::default()
    };
    let mut hub = Hub::new(COUNTY, directory);
    hub.page = 4;
    for person in people() {
        hub.set_actor(person);
    }
    let [_, _, _, office] = people();
    for n in 0..STUDENTS {
        let basics = Basics {
            name: format!("孩子{n}"),
            gender: Gender::Female,
            birth_date: None,
            ethnicity: None,
            school: SCHOOL,
            class: class(n % 2),
            class_no: None,
            roll_no: None,
            village: Some(village(n % 2)),
            address: String::new(),
            phone: None,
            boarding: false,
            left_behind: None,
            guardians: vec![],
            household: None,
        };
        let enrolment =
            Enrolment { status: EnrolmentStatus::Active, since: "2026-09-01".parse().unwrap(), basics };
        let entry = Entry {
            id: EntryId(id(50, n)),
            subject: Subject::Student(student(n)),
            knock: None,
            recorded_at: now(),
            writer: WriterId(id(60, 0)),
            seq: n as u64 + 1,
            supersedes: None,
            body: Body::Enrolment(enrolment),
        };
        hub.store(&office, &entry, now());
    }
    hub
}

#[derive(Clone, Debug)]
enum Step {
    Visit { phone: usize, student: u128 },
    Correct { phone: usize },
    Withdraw { phone: usize },
    Confirm { phone: usize, knock: u128 },
    NewerApp { phone: usize, student: u128 },
    Broken { phone: usize, student: u128 },
    Sync { phone: usize },
    ReplyLost { phone: usize },
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

fn step() -> impl Strategy<Value = Step> {
    let phone = 0..4_usize;
    let who = 0..STUDENTS;
    prop_oneof![
        6 => (phone.clone(), who.clone()).prop_map(|(phone, student)| Step::Visit { phone, student }),
        1 => phone.clone().prop_map(|phone| Step::Correct { phone }),
        1 => phone.clone().prop_map(|phone| Step::Withdraw { phone }),
        3 => (phone.clone(), 0..6_u128).prop_map(|(phone, knock)| Step::Confirm { phone, knock }),
        1 => (phone.clone(), who.clone()).prop_map(|(phone, student)| Step::NewerApp { phone, student }),
        1 => (phone.clone(), who.clone()).prop_map(|(phone, student)| Step::Broken { phone, student }),
        6 => phone.clone().prop_map(|phone| Step::Sync { phone }),
        3 => phone.clone().prop_map(|phone| Step::ReplyLost { phone }),
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

struct Phone {
    user: usize,
    online: bool,
    clock: Duration,
    replicas: BTreeMap<usize, Replica>,
}

struct World {
    hub: Hub,
    backup: Hub,
    phones: Vec<Phone>,
    next: u128,
    moves: u64,
    knocks: Vec<(KnockId, Projection, Secret)>,
    written: BTreeMap<EntryId, (usize, usize)>,
    settled: BTreeSet<EntryId>,
    touched: BTreeSet<usize>,
}

impl World {
    fn new() -> Self {
        let hub = hub();
        let phone = |n: usize| {
            let user = [0, 0, 1, 2][n];
            let writer = WriterId(id(70, n as u128 * 10 + user as u128));
            Phone {
                user,
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

    fn fresh(&mut self) -> Uuid {
        self.next += 1;
        id(80, self.next)
    }

    fn replica(&mut self, phone: usize) -> &mut Replica {
        let user = self.phones[phone].user;
        let writer = WriterId(id(70, phone as u128 * 10 + user as u128));
        self.phones[phone].replicas.entry(user).or_insert_with(|| Replica::new(writer))
    }

    fn write(
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

    fn visit(&mut self, phone: usize, of: StudentId, broken: bool) {
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

    fn last_visit(&mut self, phone: usize) -> Option<Entry> {
        let replica = self.replica(phone);
        let visits = replica.outbox.iter().rev().map(|q| &q.entry);
        visits.into_iter().find(|e| matches!(e.body, Body::Visit(_))).cloned()
    }

    fn ask(&mut self, phone: usize) -> Option<(Option<Cursor>, SyncRequest)> {
        if !self.phones[phone].online {
            return None;
        }
        let request = self.replica(phone).request("test");
        Some((request.cursor, request))
    }

    fn serve(&mut self, phone: usize, request: &SyncRequest) -> Option<SyncResponse> {
        self.hub.sync(people()[self.phones[phone].user].user, request, now())
    }

    fn take(&mut self, phone: usize, asked: Option<Cursor>, response: SyncResponse) -> bool {
        let changes = self.replica(phone).receive(asked, response);
        if changes.forked {
            let writer = WriterId(self.fresh());
            self.replica(phone).fork(writer).unwrap();
        }
        changes.more || changes.forked
    }

    fn sync(&mut self, phone: usize) -> bool {
        let Some((asked, request)) = self.ask(phone) else { return false };
        match self.serve(phone, &request) {
            Some(response) => self.take(phone, asked, response),
            None => false,
        }
    }

    fn step(&mut self, step: &Step) {
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
            Step::Sync { phone } => {
                self.sync(phone);
            }
            Step::ReplyLost { phone } => {
                if let Some((_, request)) = self.ask(phone) {
                    self.serve(phone, &request);
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
                let copy = self.replica(phone).clone();
                self.phones[to].replicas.entry(user).or_insert(copy);
            }
            Step::Backup => self.backup = self.hub.clone(),
            Step::Restore => self.hub = self.backup.clone().restored(&self.hub),
        }
    }

    fn move_to(&mut self, of: StudentId, to: ClassId) {
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

    /// Everybody finds a signal, signs in and syncs until nothing moves.
    fn settle_down(&mut self) {
        for user in &self.touched {
            self.hub.set_actor(people()[*user].clone());
        }
        for _ in 0..3 {
            for phone in 0..self.phones.len() {
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

    fn laws(&mut self) {
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

fn sorted(caseload: &domain::sync::Caseload) -> domain::sync::Caseload {
    let mut caseload = caseload.clone();
    for file in caseload.files.values_mut() {
        let mut entries = file.entries.to_vec();
        entries.sort_by_key(|seen| seen.entry.id);
        file.entries = entries.into();
    }
    caseload
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, max_shrink_iters: 4000, ..ProptestConfig::default() })]

    #[test]
    fn holds_through_bad_days(steps in prop::collection::vec(step(), 0..60)) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
        }
        world.settle_down();
        world.laws();
    }
}

#[test]
fn the_answer_counts_whichever_came_first() {
    for visit_first in [true, false] {
        let mut world = World::new();
        world.visit(0, student(0), false);
        world.step(&Step::Confirm { phone: 3, knock: 0 });
        for phone in if visit_first { [0, 3] } else { [3, 0] } {
            world.sync(phone);
        }
        let state = world.hub.state(student(0)).unwrap();
        let standing = state.visits[0].standing(&domain::policy::Policy::default());
        assert_eq!(standing, domain::confirmation::Standing::Confirmed);
    }
}

#[test]
fn honest_work_of_yesterday_is_taken_and_a_strangers_is_kept_for_the_office() {
    let mut world = World::new();
    while world.sync(0) {}
    world.visit(0, student(0), false);
    world.move_to(student(0), class(1));
    let mut gone = people()[0].clone();
    gone.grants.clear();
    world.hub.set_actor(gone);
    world.sync(0);
    let first = world.phones[0].replicas[&0].outbox[0].progress.clone();
    assert!(matches!(first, Progress::Accepted { .. } | Progress::Quarantined { .. }), "{first:?}");

    world.visit(2, student(2), false);
    world.sync(2);
    let other = world.phones[2].replicas[&1].outbox[0].progress.clone();
    assert!(matches!(other, Progress::Quarantined { .. }), "{other:?}");
}

#[test]
fn the_author_learns_what_the_office_decided_however_often_the_answer_is_lost() {
    for returned in [None, Some("这个孩子归三班，请转给宋老师".to_owned())] {
        let mut world = World::new();
        while world.sync(2) {}
        world.visit(2, student(2), false);
        world.sync(2);
        let entry = world.phones[2].replicas[&1].outbox[0].entry.id;
        assert!(world.hub.decide(entry, returned.clone(), now()));
        assert!(!world.hub.decide(entry, None, now()), "decided twice");
        for _ in 0..3 {
            world.step(&Step::ReplyLost { phone: 2 });
        }
        world.sync(2);
        let replica = &world.phones[2].replicas[&1];
        let back: Vec<_> = replica.refused().map(|q| q.progress.clone()).collect();
        match returned {
            Some(words) => assert_eq!(back, [Progress::Returned { words }]),
            None => assert!(matches!(replica.progress(entry), Some(Progress::Accepted { .. })), "{back:?}"),
        }
        assert!(replica.request("test").kept.is_empty(), "it asks no longer");
    }
}

#[test]
fn children_leave_a_phone_without_contact_and_what_was_written_stays() {
    let mut world = World::new();
    while world.sync(0) {}
    world.visit(0, student(0), false);
    let replica = world.replica(0);
    let (before, files) = (replica.clone(), replica.caseload.files.len());
    assert!(files > 1 && replica.caseload.files.contains_key(&student(0)));
    assert_eq!(replica.lapse(now() + Duration::days(14)), domain::sync::Changes::default());
    assert_eq!(*replica, before);

    replica.lapse(now() + Duration::days(14) + Duration::seconds(1));
    assert_eq!(replica.caseload.files.keys().copied().collect::<Vec<_>>(), [student(0)]);
    assert!(replica.caseload.duties.is_empty() && replica.is_put_away() && !before.is_put_away());
    assert_eq!(replica.outbox, before.outbox);

    while world.sync(0) {}
    let replica = world.replica(0);
    assert_eq!(replica.caseload.files.len(), files);
    assert!(replica.unsent().next().is_none());
}
