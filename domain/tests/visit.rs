//! The form at the door, from opening to entries: what is prefilled, derived, dropped and required
//! (ux 4), and that a corrected knock says what the form says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

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
const LI: UserId = UserId(id(20));
const GULNAR: UserId = UserId(id(21));
const TURSUN: UserId = UserId(id(22));
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
        villages: vec![Village {
            id: VILLAGE,
            code: "990101001005".into(),
            name: "五村".into(),
            township: TownshipId(id(14)),
            township_name: "示例镇".into(),
        }],
        people: vec![
            staff(LI, "李素珍", Role::ClassTeacher, CLASS.0, None),
            staff(GULNAR, "古丽娜尔·艾山", Role::SubjectTeacher, CLASS.0, None),
            staff(TURSUN, "吐尔逊·卡德尔", Role::Cadre, VILLAGE.0, Some(CadreRole::Secretary)),
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

mod opening {
    use super::*;

    #[test]
    fn a_duty_says_kind_purpose_and_plan() {
        let form = knocking(&absent());
        assert_eq!(form.kind, VisitKind::DoorKnock);
        assert_eq!(form.purposes, [Purpose::Absence, Purpose::Persuade]);
        assert_eq!(form.planned_on, Some(day("2026-11-20")));
        assert_eq!(form.household, "阿依古丽家");
        assert_eq!(form.label(&absent().directory), "五村 阿依古丽家");
    }

    #[rstest]
    #[case::routine(None, None, VisitKind::HomeVisit, &[Purpose::Routine])]
    #[case::home_visit_of_a_missing_child(Some("2026-11-18"), None, VisitKind::HomeVisit, &[Purpose::Absence])]
    #[case::knock_from_the_file(
        None,
        Some(VisitKind::DoorKnock),
        VisitKind::DoorKnock,
        &[Purpose::Absence, Purpose::Persuade]
    )]
    fn without_a_duty_the_file_says_it(
        #[case] absent_since: Option<&str>,
        #[case] tapped: Option<VisitKind>,
        #[case] kind: VisitKind,
        #[case] purposes: &[Purpose],
    ) {
        let errand = Errand { student: AYGUL, duty: None, kind: tapped };
        let form = open(&errand, &phone(absent_since), &me(), KNOCK, friday()).unwrap();
        assert_eq!((form.kind, form.purposes.as_slice()), (kind, purposes));
    }

    #[test]
    fn no_human_fact_is_prefilled() {
        let form = knocking(&absent());
        assert!(!form.met_somebody() && form.nobody.is_none() && form.outcome().is_none());
        assert!(form.people.iter().all(|p| p.call.is_none()));
        assert!(form.commitments.is_empty() && form.guardian_attitude.is_none() && form.signature.is_none());
        assert!(form.children.iter().all(|c| c.causes.is_empty() && c.whereabouts.is_none()));
        assert!(form.remark.is_empty() && form.interpreter.is_none() && !form.explained_rules);
    }

    #[test]
    fn the_child_is_ticked_and_a_sibling_only_when_a_visit_is_due() {
        let mut replica = absent();
        let ticks = |replica: &Replica| -> Vec<(StudentId, bool, bool)> {
            knocking(replica).children.iter().map(|c| (c.student, c.own, c.ticked)).collect()
        };
        assert_eq!(ticks(&replica), [(AYGUL, true, true), (SISTER, true, false), (BROTHER, false, false)]);
        let reason = Reason::TermVisit { semester: "2026-2027-1".into() };
        let owner = Owner::Role { role: Role::ClassTeacher, scope: CLASS.0 };
        let mut duty =
            Duty { id: DutyId(id(31)), owner, student: Some(SISTER), due_on: day("2026-11-20"), reason };
        replica.caseload.duties.insert(duty.id, duty.clone());
        assert_eq!(ticks(&replica)[1], (SISTER, true, true));
        duty.due_on = day("2027-01-15");
        replica.caseload.duties.insert(duty.id, duty);
        assert_eq!(ticks(&replica)[1], (SISTER, true, false));
    }

    #[test]
    fn those_at_home_come_before_those_away() {
        let relations: Vec<_> = knocking(&absent()).people.into_iter().map(|p| p.relation).collect();
        let expect =
            [Relation::PaternalGrandparent, Relation::Father, Relation::OtherFamily, Relation::Neighbour];
        assert_eq!(relations, expect);
    }

    #[test]
    fn the_guardians_place_in_the_file_stays() {
        let form = knocking(&absent());
        assert_eq!(
            form.people.iter().map(|p| p.guardian).collect::<Vec<_>>(),
            [Some(2), Some(1), None, None]
        );
    }

    #[test]
    fn a_child_that_is_not_here_opens_nothing() {
        let errand = Errand { student: BROTHER, duty: None, kind: None };
        assert!(open(&errand, &absent(), &me(), KNOCK, friday()).is_none());
    }

    #[rstest]
    #[case::the_next_house("2026-11-20T12:00:00Z", true)]
    #[case::six_hours_on("2026-11-20T15:38:00Z", true)]
    #[case::another_day("2026-11-20T15:39:00Z", false)]
    #[case::a_clock_gone_back("2026-11-20T09:00:00Z", false)]
    fn the_last_team_is_taken_along(#[case] now: &str, #[case] expect: bool) {
        let mut replica = absent();
        let mut form = door_knock(&replica);
        form.companions.iter_mut().for_each(|c| c.ticked = true);
        let new = write(&form, &replica, friday());
        replica.record(new, friday()).unwrap();
        let errand = Errand { student: SISTER, duty: None, kind: None };
        let form = open(&errand, &replica, &me(), KnockId(id(41)), at(now)).unwrap();
        let team: Vec<_> = form.companions.iter().map(|c| (c.title.as_str(), c.ticked)).collect();
        assert_eq!(team, [("", true), ("", expect), ("村支书", expect)]);
    }

    #[test]
    fn what_is_spoken_is_asked_once() {
        let mut replica = absent();
        assert!(knocking(&replica).asks_language);
        let mut form = door_knock(&replica);
        form.language = Some(Language::Mandarin);
        let new = write(&form, &replica, friday());
        replica.record(new, friday()).unwrap();
        let again = knocking(&replica);
        assert_eq!((again.asks_language, again.language), (false, Some(Language::Mandarin)));
    }
}

mod deriving {
    use super::*;

    #[test]
    fn a_door_knock_of_eleven_taps_says_everything() {
        let replica = absent();
        let visit = only(&door_knock(&replica), &replica);
        assert_eq!(visit.outcome, Outcome::Met);
        assert_eq!(visit.whereabouts, Some(Whereabouts::Home));
        assert_eq!(visit.causes, [Cause::SchoolWeary]);
        assert_eq!(visit.student_attitude, Some(StudentAttitude::Willing));
        assert_eq!(visit.guardian_attitude, Some(GuardianAttitude::Supportive));
        assert_eq!(visit.commitments[0].due_on, Some(day("2026-11-23")));
        assert_eq!(visit.commitments[0].who, Some(Relation::PaternalGrandparent));
        assert_eq!(visit.next_follow_up_on, Some(day("2026-11-24")));
        assert_eq!(visit.ended_at, Some(friday()));
        assert!(visit.seal.is_some() && visit.signature.is_none());
    }

    #[test]
    fn a_routine_visit_drops_what_only_a_missing_child_is_asked() {
        let replica = phone(None);
        let mut form = routine(&replica);
        meet(&mut form, &Relation::PaternalGrandparent);
        let aygul = child(&mut form, AYGUL);
        aygul.met = true;
        aygul.causes = vec![Cause::Work];
        aygul.attitude = Some(StudentAttitude::Unwilling);
        let visit = only(&form, &replica);
        assert_eq!((visit.whereabouts, visit.student_attitude), (None, None));
        assert!(visit.causes.is_empty() && visit.seal.is_none() && visit.next_follow_up_on.is_none());
    }

    #[test]
    fn nobody_home_drops_what_nobody_said() {
        let replica = absent();
        let mut form = door_knock(&replica);
        form.set_nobody(true);
        form.nobody =
            Some(Nobody { outcome: Some(Outcome::NotHome), left_note: true, asked_neighbour: false });
        let visit = only(&form, &replica);
        assert_eq!(visit.outcome, Outcome::NotHome);
        assert!(visit.met.is_empty() && visit.causes.is_empty() && visit.commitments.is_empty());
        assert_eq!((visit.whereabouts, visit.student_attitude, visit.language), (None, None, None));
        assert_eq!(visit.guardian_attitude, Some(GuardianAttitude::Unreachable));
        assert_eq!(visit.next_follow_up_on, Some(day("2026-11-23")));
        assert!(visit.left_note);
    }

    #[rstest]
    #[case::reached(CallResult::Reached, Some(Outcome::PhoneOnly))]
    #[case::no_answer(CallResult::NoAnswer, None)]
    #[case::later(CallResult::Later, None)]
    fn a_call_from_the_doorstep_counts_when_it_reached(
        #[case] call: CallResult,
        #[case] expect: Option<Outcome>,
    ) {
        let mut form = knocking(&absent());
        form.people[1].call = Some(call);
        assert_eq!(form.outcome(), expect);
    }

    #[test]
    fn the_attitude_of_nobody_is_not_kept() {
        let replica = absent();
        let mut form = door_knock(&replica);
        form.people.iter_mut().for_each(|p| p.met = false);
        assert_eq!(only(&form, &replica).guardian_attitude, None);
        meet(&mut form, &Relation::Neighbour);
        assert_eq!(only(&form, &replica).guardian_attitude, None);
    }

    #[test]
    fn a_child_that_was_not_met_was_not_asked() {
        let replica = absent();
        let mut form = door_knock(&replica);
        child(&mut form, AYGUL).met = false;
        child(&mut form, AYGUL).whereabouts = Some(Whereabouts::Working);
        let visit = only(&form, &replica);
        assert_eq!(visit.student_attitude, Some(StudentAttitude::NotKnown));
        assert_eq!(visit.whereabouts, Some(Whereabouts::Working));
    }

    #[rstest]
    #[case::on_the_spot("2026-11-20T09:52:00Z", true)]
    #[case::finished_at_home("2026-11-20T13:05:00Z", false)]
    #[case::a_clock_gone_back("2026-11-20T09:00:00Z", false)]
    fn the_end_is_never_made_up(#[case] now: &str, #[case] known: bool) {
        let replica = absent();
        let form = VisitForm { earlier: None, ..door_knock(&replica) };
        let ended = visits(&write(&form, &replica, at(now)))[0].1.ended_at;
        assert_eq!(ended, known.then(|| at(now)));
    }

    #[test]
    fn written_down_later_keeps_both_times() {
        let mut replica = absent();
        let mut form = door_knock(&replica);
        form.earlier = Some(Earlier { on: day("2026-11-19"), at: NaiveTime::from_hms_opt(18, 20, 0) });
        let new = write(&form, &replica, friday());
        let visit = &visits(&new)[0].1;
        assert_eq!(visit.started_at, at("2026-11-19T10:20:00Z"));
        assert_eq!(visit.ended_at, None);
        replica.record(new, friday()).unwrap();
        assert_eq!(replica.outbox[0].entry.recorded_at, friday());
    }

    #[rstest]
    #[case::promise("2026-11-23", "2026-11-24")]
    #[case::promise_before_the_weekend("2026-11-27", "2026-11-30")]
    fn the_follow_up_is_the_school_day_after_the_promise(#[case] due: &str, #[case] expect: &str) {
        let replica = absent();
        let mut form = knocking(&replica);
        form.bring_on(Some(day(due)));
        assert_eq!(form.next_follow_up_on(&replica.directory.calendar), Some(day(expect)));
    }

    #[test]
    fn without_a_promise_a_missing_child_is_seen_in_three_days_and_cannot_be_left() {
        let replica = absent();
        let mut form = knocking(&replica);
        let calendar = &replica.directory.calendar;
        assert_eq!(form.next_follow_up_on(calendar), Some(day("2026-11-23")));
        form.follow_up = Some(FollowUp::None);
        assert_eq!(form.next_follow_up_on(calendar), Some(day("2026-11-23")));
        form.follow_up = Some(FollowUp::On(day("2026-11-25")));
        assert_eq!(form.next_follow_up_on(calendar), Some(day("2026-11-25")));
    }

    #[test]
    fn the_kind_takes_its_purposes_along_unless_they_were_chosen() {
        let mut form = routine(&phone(None));
        form.set_kind(VisitKind::DoorKnock);
        assert_eq!(form.purposes, [Purpose::Absence, Purpose::Persuade]);
        form.purposes = vec![Purpose::Census];
        form.set_kind(VisitKind::HomeVisit);
        assert_eq!(form.purposes, [Purpose::Census]);
    }

    #[test]
    fn the_screens_of_a_routine_visit_are_three() {
        let routine = routine(&phone(None));
        assert_eq!(routine.next_step(Step::Met), Some(Step::Promises));
        assert_eq!(knocking(&absent()).next_step(Step::Met), Some(Step::Situation));
    }

    #[test]
    fn only_one_day_of_bringing_stands() {
        let replica = absent();
        let mut form = knocking(&replica);
        let offers = family_side(&form, &replica.directory.calendar, day("2026-11-20"));
        form.toggle_promise(Party::Family, &offers[0]);
        form.toggle_promise(Party::Family, &offers[1]);
        assert_eq!(form.commitments.len(), 1);
        assert_eq!(form.promise(&Party::Family, &Promise::BringToSchool).unwrap().due_on, offers[1].due_on);
        form.toggle_promise(Party::Family, &offers[1]);
        assert!(form.commitments.is_empty());
        form.toggle_promise(Party::School, &Offer { what: Promise::CallAgain, due_on: None });
        assert_eq!(
            only(&VisitForm { commitments: form.commitments, ..door_knock(&replica) }, &replica).commitments
                [0]
            .who,
            None
        );
    }
}

mod requiring {
    use super::*;

    #[rstest]
    #[case::nothing_wrong(|_: &mut VisitForm| (), &[])]
    #[case::no_child(|f: &mut VisitForm| f.children[0].ticked = false, &["children REQUIRED"])]
    #[case::no_village(|f: &mut VisitForm| f.village = None, &["village REQUIRED"])]
    #[case::nobody_met(|f: &mut VisitForm| {
        f.people.iter_mut().for_each(|p| p.met = false);
        f.children[0].met = false;
    }, &["met REQUIRED"])]
    #[case::nobody_without_a_reason(|f: &mut VisitForm| f.set_nobody(true), &["outcome REQUIRED"])]
    #[case::nobody_and_somebody(
        |f: &mut VisitForm| f.nobody = Some(Nobody { outcome: Some(Outcome::Moved), ..Nobody::default() }),
        &["met MET_AND_NOBODY"]
    )]
    #[case::no_purpose(|f: &mut VisitForm| f.purposes.clear(), &["purposes REQUIRED"])]
    #[case::no_time(
        |f: &mut VisitForm| f.earlier = Some(Earlier { on: day("2026-11-19"), at: None }),
        &["started_at REQUIRED"]
    )]
    #[case::tomorrow(
        |f: &mut VisitForm| f.earlier = Some(Earlier { on: day("2026-11-21"), at: NaiveTime::from_hms_opt(9, 0, 0) }),
        &["started_at IN_FUTURE"]
    )]
    #[case::back_before_the_visit(
        |f: &mut VisitForm| f.follow_up = Some(FollowUp::On(day("2026-11-20"))),
        &["next_follow_up_on BEFORE_VISIT"]
    )]
    #[case::promised_for_yesterday(
        |f: &mut VisitForm| f.commitments[0].due_on = Some(day("2026-11-19")),
        &["commitments BEFORE_VISIT", "next_follow_up_on BEFORE_VISIT"]
    )]
    #[case::a_novel(|f: &mut VisitForm| f.remark = "字".repeat(2001), &["remark TOO_LONG"])]
    #[case::found_without_a_name(|f: &mut VisitForm| {
        f.found.push(FoundLine { name: " ".into(), schooling: Schooling::NotInSchool, about: String::new() });
    }, &["found NAME_REQUIRED"])]
    fn says_what_is_missing(#[case] change: fn(&mut VisitForm), #[case] expect: &[&str]) {
        let replica = absent();
        let mut form = door_knock(&replica);
        change(&mut form);
        assert_eq!(codes(&form, &replica), expect);
        assert_eq!(form.record(&replica.directory.calendar, &SECRET, friday()).is_ok(), expect.is_empty());
    }

    #[test]
    fn who_is_met_is_the_only_question_that_must_be_answered() {
        let replica = absent();
        let mut form = knocking(&replica);
        meet(&mut form, &Relation::Neighbour);
        assert_eq!(codes(&form, &replica), [""; 0]);
    }

    #[test]
    fn going_without_the_village_is_explained_never_blocked() {
        let replica = absent();
        let form = door_knock(&replica);
        assert!(!form.village_is_explained());
        assert_eq!(codes(&form, &replica), [""; 0]);
    }
}

mod households {
    use super::*;

    #[test]
    fn each_own_child_has_an_entry_and_the_other_schools_child_a_sighting() {
        let replica = absent();
        let mut form = door_knock(&replica);
        child(&mut form, SISTER).ticked = true;
        child(&mut form, SISTER).whereabouts = Some(Whereabouts::Relatives);
        child(&mut form, BROTHER).met = true;
        let found =
            FoundLine { name: "小弟".into(), schooling: Schooling::NotInSchool, about: "约6岁".into() };
        form.found.push(found);
        let entries = write(&form, &replica, friday());
        let of = |entry: &NewEntry| (entry.subject, entry.body.kind().unwrap().code(), entry.knock.is_some());
        assert_eq!(
            entries.iter().map(of).collect::<Vec<_>>(),
            [
                (Subject::Student(AYGUL), "VISIT", true),
                (Subject::Student(SISTER), "VISIT", true),
                (Subject::Student(BROTHER), "SIGHTING", true),
                (Subject::School(SCHOOL), "FOUND_CHILD", false),
            ]
        );
        let visits = visits(&entries);
        assert_eq!(visits[0].1.whereabouts, Some(Whereabouts::Home));
        assert_eq!(visits[1].1.whereabouts, Some(Whereabouts::Relatives));
        assert_eq!(visits[0].1.met, visits[1].1.met);
    }

    #[test]
    fn a_wrong_link_is_doubted_and_not_seen() {
        let replica = absent();
        let mut form = door_knock(&replica);
        let brother = child(&mut form, BROTHER);
        brother.met = true;
        brother.doubted = true;
        let kinds: Vec<_> =
            write(&form, &replica, friday()).iter().map(|e| e.body.kind().unwrap().code()).collect();
        assert_eq!(kinds, ["VISIT", "HOUSEHOLD_DOUBT"]);
    }
}

mod correcting {
    use super::*;

    fn written(form: &VisitForm) -> Replica {
        let mut replica = absent();
        let new = write(form, &replica, friday());
        replica.record(new, friday()).unwrap();
        replica
    }

    fn full() -> VisitForm {
        let replica = absent();
        let mut form = door_knock(&replica);
        form.companions.iter_mut().for_each(|c| c.ticked = true);
        child(&mut form, SISTER).ticked = true;
        child(&mut form, BROTHER).met = true;
        form.people[1].call = Some(CallResult::Reached);
        form.language = Some(Language::Uyghur);
        form.remark = "奶奶一个人带两个孩子".into();
        form
    }

    #[test]
    fn an_untouched_form_says_the_same_again() {
        let replica = written(&full());
        let knock = Knock::find(KNOCK, &replica, &me()).unwrap();
        let form = knock.reopen(&replica, &me(), at("2026-11-20T13:00:00Z")).unwrap();
        let before: Vec<_> = knock.visits.iter().map(|v| (v.student, v.visit.clone())).collect();
        let entries = write(&form, &replica, at("2026-11-20T13:00:00Z"));
        assert_eq!(visits(&entries), before);
        assert_eq!(entries.len(), 2, "the sighting stands as it is");
        let superseded: Vec<_> = entries.iter().filter_map(|e| e.supersedes).collect();
        assert_eq!(superseded, knock.visits.iter().map(|v| v.entry).collect::<Vec<_>>());
    }

    #[test]
    fn nobody_home_comes_back_as_it_was() {
        let mut form = knocking(&absent());
        form.set_nobody(true);
        form.nobody = Some(Nobody { outcome: Some(Outcome::Moved), left_note: false, asked_neighbour: true });
        let replica = written(&form);
        let reopened =
            Knock::find(KNOCK, &replica, &me()).unwrap().reopen(&replica, &me(), friday()).unwrap();
        assert_eq!(reopened.nobody, form.nobody);
        assert_eq!(only(&reopened, &replica), visits(&write(&form, &absent(), friday()))[0].1);
    }

    #[test]
    fn the_wrong_child_is_taken_back_and_the_right_one_written() {
        let replica = written(&door_knock(&absent()));
        let mut form =
            Knock::find(KNOCK, &replica, &me()).unwrap().reopen(&replica, &me(), friday()).unwrap();
        child(&mut form, AYGUL).ticked = false;
        child(&mut form, SISTER).ticked = true;
        let entries = write(&form, &replica, friday());
        let of = |entry: &NewEntry| (entry.subject, entry.body.kind().unwrap().code(), entry.supersedes);
        assert_eq!(
            entries.iter().map(of).collect::<Vec<_>>(),
            [(Subject::Student(SISTER), "VISIT", None), (Subject::Student(AYGUL), "WITHDRAWAL", None)]
        );
    }

    #[test]
    fn a_moved_time_drops_the_end_and_keeps_the_seal() {
        let replica = written(&door_knock(&absent()));
        let knock = Knock::find(KNOCK, &replica, &me()).unwrap();
        let mut form = knock.reopen(&replica, &me(), friday()).unwrap();
        form.earlier = Some(Earlier { on: day("2026-11-20"), at: NaiveTime::from_hms_opt(17, 20, 0) });
        let visit = form.record(&replica.directory.calendar, &Secret([9; 8]), friday()).unwrap().remove(0).1;
        let Body::Visit(visit) = visit else { panic!() };
        assert_eq!(visit.ended_at, None);
        assert_eq!(visit.seal, knock.visits[0].visit.seal);
    }

    #[test]
    fn a_child_not_seen_after_all_is_said_anew() {
        let replica = written(&full());
        let mut form =
            Knock::find(KNOCK, &replica, &me()).unwrap().reopen(&replica, &me(), friday()).unwrap();
        let brother = child(&mut form, BROTHER);
        assert!(brother.met);
        brother.met = false;
        brother.whereabouts = None;
        let entries = write(&form, &replica, friday());
        let last = entries.last().unwrap();
        let Body::Sighting(sighting) = &last.body else { panic!() };
        assert!(!sighting.seen && last.supersedes.is_some());
    }

    #[test]
    fn what_was_given_back_is_written_anew_and_not_superseded() {
        let mut replica = written(&door_knock(&absent()));
        replica.outbox[0].progress = Progress::Refused { problems: Vec::new() };
        let knock = Knock::find(KNOCK, &replica, &me()).unwrap();
        assert!(knock.visits[0].refused);
        let form = knock.reopen(&replica, &me(), friday()).unwrap();
        let entries = write(&form, &replica, friday());
        assert_eq!(entries[0].supersedes, None);
        assert_eq!(form.corrects.unwrap().mends, [knock.visits[0].entry]);
    }

    #[test]
    fn after_a_withdrawal_nothing_stands() {
        let mut replica = written(&full());
        let knock = Knock::find(KNOCK, &replica, &me()).unwrap();
        let taken = knock.withdraw(None);
        assert_eq!(taken.len(), 2);
        let new = taken.into_iter().zip(1..).map(|((subject, body), n)| NewEntry {
            id: EntryId(id(7000 + n)),
            subject,
            knock: Some(KNOCK),
            supersedes: None,
            body,
            label: String::new(),
        });
        replica.record(new.collect(), friday()).unwrap();
        assert!(Knock::find(KNOCK, &replica, &me()).is_none());
    }

    #[test]
    fn another_persons_knock_is_not_mine() {
        let mut replica = written(&door_knock(&absent()));
        let mine: Entry = replica.outbox.remove(0).entry;
        let seen =
            SeenEntry { entry: mine, author: GULNAR, author_name: String::new(), received_at: friday() };
        replica.caseload.files.get_mut(&AYGUL).unwrap().entries.push(seen);
        assert!(Knock::find(KNOCK, &replica, &me()).is_none());
    }
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
