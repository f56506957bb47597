//! The form at the door, from opening to entries: what is prefilled, derived, dropped and required
//! (ux 4), and that a corrected knock says what the form says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod correcting;
mod deriving;
mod households;
mod opening;
mod requiring;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::actor::{Actor, Grant, Role, Scope};
use domain::confirmation::Secret;
use domain::directory::{Class, Directory, PersonOfStaff, Post, School, Village};
use domain::duty::{Duty, Owner, Reason};
use domain::entry::{Body, Entry, Subject};
use domain::ids::{
    ClassId, CountyId, DutyId, EntryId, KnockId, SchoolId, StudentId, TownshipId, UserId, VillageId, WriterId,
};
use domain::student::{Basics, Guardian, Spell, StudentState};
use domain::sync::{FileView, NewEntry, Progress, Replica, SeenEntry, Sibling, StudentView};
use domain::visit::companion::Companion;
use domain::visit::form::{Earlier, FollowUp, FoundLine, Nobody, Step, VisitForm};
use domain::visit::knock::Knock;
use domain::visit::opening::{Errand, open};
use domain::visit::promise::{Offer, family_side};
use domain::visit::{Participant, Supplement, Visit};
use domain::vocabulary::{
    CadreRole, CallResult, Cause, Gender, GuardianAttitude, Language, Outcome, Party, Promise, Purpose,
    Relation, SchoolKind, Schooling, Side, Stage, StudentAttitude, VisitKind, Whereabouts,
};
use rstest::rstest;
use uuid::Uuid;

const fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

const AYGUL: StudentId = StudentId(id(1));
const SISTER: StudentId = StudentId(id(2));
const BROTHER: StudentId = StudentId(id(3));
const CLASS: ClassId = ClassId(id(10));
const SCHOOL: SchoolId = SchoolId(id(11));
const OTHER_SCHOOL: SchoolId = SchoolId(id(12));
const VILLAGE: VillageId = VillageId(id(13));
const NEXT_VILLAGE: VillageId = VillageId(id(15));
const LI: UserId = UserId(id(20));
const GULNAR: UserId = UserId(id(21));
const TURSUN: UserId = UserId(id(22));
const OMAR: UserId = UserId(id(23));
const ABSENT: DutyId = DutyId(id(30));
const KNOCK: KnockId = KnockId(id(40));
const SECRET: Secret = Secret([7; 8]);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Friday 20 November 2026, 17:38 in the village.
fn friday() -> DateTime<Utc> {
    at("2026-11-20T09:38:00Z")
}

fn me() -> Actor {
    let grant = Grant { role: Role::ClassTeacher, scope: Scope::Class(CLASS), cadre: None };
    Actor {
        user: LI,
        county: CountyId(id(99)),
        name: "李素珍".into(),
        phone: String::new(),
        grants: vec![grant],
    }
}

fn basics(name: &str, guardians: Vec<Guardian>) -> Basics {
    Basics {
        name: name.into(),
        gender: Gender::Female,
        birth_date: None,
        ethnicity: None,
        school: SCHOOL,
        class: CLASS,
        class_no: None,
        roll_no: None,
        village: Some(VILLAGE),
        address: "示例镇五村7号".into(),
        phone: None,
        boarding: false,
        left_behind: None,
        guardians,
        household: None,
    }
}

fn guardians() -> Vec<Guardian> {
    let father = Guardian {
        name: "艾力·买买提".into(),
        relation: Relation::Father,
        phone: Some("14400010001".into()),
        away: Some("外省务工".into()),
        legal: true,
    };
    let grandmother = Guardian {
        name: "阿依木·吾甫尔".into(),
        relation: Relation::PaternalGrandparent,
        phone: None,
        away: None,
        legal: false,
    };
    vec![father, grandmother]
}

fn file(id: StudentId, basics: Basics, absent_since: Option<&str>, siblings: Vec<Sibling>) -> FileView {
    let absence =
        absent_since.map(|since| Spell { first_absent_on: day(since), entry: EntryId(Uuid::nil()) });
    let state = StudentState { basics: Some(basics), absence, ..StudentState::default() };
    let student = StudentView { id, state: state.into(), initials: String::new(), siblings };
    FileView { student, entries: Vec::new().into() }
}

fn sibling(student: StudentId, name: &str, own_school: bool) -> Sibling {
    Sibling { student, name: name.into(), class: "示例小学三年级".into(), own_school }
}

fn staff(id: UserId, name: &str, role: Role, scope: Uuid, cadre: Option<CadreRole>) -> PersonOfStaff {
    PersonOfStaff { id, name: name.into(), phone: String::new(), posts: vec![Post { role, scope, cadre }] }
}

fn village(id: VillageId, code: &str, name: &str) -> Village {
    Village {
        id,
        code: code.into(),
        name: name.into(),
        township: TownshipId(crate::id(14)),
        township_name: "示例镇".into(),
    }
}

/// A class with one house: the child, a sister in the same class, a brother in another school.
fn phone(absent_since: Option<&str>) -> Replica {
    let mut replica = Replica::new(WriterId(id(50)));
    let siblings = vec![sibling(BROTHER, "买买提", false), sibling(SISTER, "古丽", true)];
    let aygul = file(AYGUL, basics("阿依古丽·艾力", guardians()), absent_since, siblings);
    let sister = file(SISTER, basics("古丽·艾力", guardians()), None, Vec::new());
    replica.caseload.files.extend([(AYGUL, aygul), (SISTER, sister)]);
    replica.directory = Directory {
        schools: vec![
            School {
                id: SCHOOL, name: "示例中学".into(), kind: SchoolKind::Junior, phone: String::new()
            },
            School {
                id: OTHER_SCHOOL,
                name: "示例小学".into(),
                kind: SchoolKind::Primary,
                phone: String::new(),
            },
        ],
        classes: vec![Class { id: CLASS, school: SCHOOL, stage: Stage::Junior, entry_year: 2026, number: 3 }],
        villages: vec![
            village(VILLAGE, "990101001005", "五村"),
            village(NEXT_VILLAGE, "990101001003", "三村"),
        ],
        people: vec![
            staff(LI, "李素珍", Role::ClassTeacher, CLASS.0, None),
            staff(GULNAR, "古丽娜尔·艾山", Role::SubjectTeacher, CLASS.0, None),
            staff(TURSUN, "吐尔逊·卡德尔", Role::Cadre, VILLAGE.0, Some(CadreRole::Secretary)),
            staff(OMAR, "吾买尔·依明", Role::Cadre, NEXT_VILLAGE.0, Some(CadreRole::Secretary)),
        ],
        ..Directory::default()
    };
    if let Some(since) = absent_since {
        let reason = Reason::Absent { since: day(since), policy: 1 };
        let owner = Owner::Role { role: Role::ClassTeacher, scope: CLASS.0 };
        let duty = Duty { id: ABSENT, owner, student: Some(AYGUL), due_on: day("2026-11-20"), reason };
        replica.caseload.duties.insert(ABSENT, duty);
    }
    replica
}

fn knocking(replica: &Replica) -> VisitForm {
    let errand = Errand { student: AYGUL, duty: Some(ABSENT), kind: None };
    open(&errand, replica, &me(), KNOCK, friday()).unwrap()
}

fn routine(replica: &Replica) -> VisitForm {
    let errand = Errand { student: AYGUL, duty: None, kind: None };
    open(&errand, replica, &me(), KNOCK, friday()).unwrap()
}

fn absent() -> Replica {
    phone(Some("2026-11-18"))
}

fn meet(form: &mut VisitForm, relation: &Relation) {
    form.people.iter_mut().find(|p| p.relation == *relation).unwrap().met = true;
}

fn child(form: &mut VisitForm, student: StudentId) -> &mut domain::visit::form::ChildLine {
    form.children.iter_mut().find(|c| c.student == student).unwrap()
}

/// The path of ux 5.9, column 2: 奶奶, 孩子本人, 不想上学, 愿意, 支持, 周一送到校.
fn door_knock(replica: &Replica) -> VisitForm {
    let mut form = knocking(replica);
    meet(&mut form, &Relation::PaternalGrandparent);
    let aygul = child(&mut form, AYGUL);
    aygul.met = true;
    aygul.toggle_cause(&Cause::SchoolWeary);
    aygul.attitude = Some(StudentAttitude::Willing);
    form.guardian_attitude = Some(GuardianAttitude::Supportive);
    let monday = &family_side(&form, &replica.directory.calendar, day("2026-11-20"))[0];
    form.toggle_promise(Party::Family, monday);
    form
}

fn write(form: &VisitForm, replica: &Replica, now: DateTime<Utc>) -> Vec<NewEntry> {
    let mut n = replica.next_seq * 1000;
    let ids = || {
        n += 1;
        EntryId(id(u128::from(n) << 64))
    };
    form.entries(&replica.directory, &SECRET, now, ids).unwrap()
}

fn visits(entries: &[NewEntry]) -> Vec<(StudentId, Visit)> {
    let visit = |e: &NewEntry| match &e.body {
        Body::Visit(visit) => Some((e.subject.student()?, visit.clone())),
        _ => None,
    };
    entries.iter().filter_map(visit).collect()
}

fn only(form: &VisitForm, replica: &Replica) -> Visit {
    let mut written = visits(&write(form, replica, friday()));
    assert_eq!(written.len(), 1);
    written.remove(0).1
}

fn codes(form: &VisitForm, replica: &Replica) -> Vec<String> {
    let problems = form.problems(&replica.directory.calendar, friday());
    problems.iter().map(|p| format!("{} {}", p.field, p.code)).collect()
}

#[test]
fn what_was_promised_is_owed_until_it_is_said_to_be_kept() {
    let mut replica = absent();
    let mut form = door_knock(&replica);
    form.toggle_promise(Party::School, &Offer { what: Promise::AskAboutAid, due_on: None });
    form.people[1].call = Some(CallResult::Later);
    let new = write(&form, &replica, friday());
    replica.record(new, friday()).unwrap();
    let owed = |replica: &Replica| -> Vec<&'static str> {
        let mut codes: Vec<_> = replica.duties(&me(), friday()).iter().map(|d| d.reason.code()).collect();
        codes.sort_unstable();
        codes
    };
    assert_eq!(owed(&replica), ["CALL_BACK", "FOLLOW_UP", "PROMISED"]);
    let visit = Knock::find(KNOCK, &replica, &me()).unwrap().visits[0].entry;
    let supplement = Supplement {
        visit: Some(visit),
        kept: vec![Promise::AskAboutAid],
        calls: vec![domain::visit::Call { relation: Relation::Father, result: CallResult::Reached }],
        ..Supplement::default()
    };
    let entry = NewEntry {
        id: EntryId(id(8000)),
        subject: Subject::Student(AYGUL),
        knock: None,
        supersedes: None,
        body: Body::Supplement(supplement),
        label: String::new(),
    };
    replica.record(vec![entry], friday()).unwrap();
    assert_eq!(owed(&replica), ["FOLLOW_UP"]);
}

#[test]
fn the_author_always_came() {
    let replica = absent();
    let mut form = door_knock(&replica);
    form.companions[0].ticked = false;
    let visit = only(&form, &replica);
    assert_eq!(
        visit.participants,
        [Participant { user: Some(LI), name: "李素珍".into(), side: Side::School }]
    );
}
