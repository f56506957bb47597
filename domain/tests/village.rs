//! What the village's answer binds to, and which entries may stand: changes inside and outside the
//! projection, strengths, disowned answers, and every rule of `judge`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use chrono::{Duration, NaiveDate};
use domain::access::Place;
use domain::actor::{Actor, Role};
use domain::card::{Asked, cards};
use domain::confirmation::{
    Answer, Confirmation, Dispute, Projection, Proof, Seal, Secret, Standing, Strength, Told, VillageNote,
    standing,
};
use domain::duty::{Owner, owed};
use domain::entry::{Body, Entry, Kind, Subject};
use domain::fixtures::{County, Size};
use domain::found_child::FoundChild;
use domain::ids::{EntryId, KnockId, SchoolId, UserId};
use domain::judge::{Facts, Known, KnownKnock, Verdict, judge};
use domain::policy::Policy;
use domain::register::{Register, Source};
use domain::review::{Review, Verdict as Reviewed};
use domain::safeguarding::{SafeguardingHandled, SafeguardingReport};
use domain::student::{Recorded, StudentState};
use domain::visit::{Commitment, Met, Participant, Supplement, Visit, Withdrawal};
use domain::vocabulary::*;
use rstest::rstest;
use uuid::Uuid;

fn friday() -> NaiveDate {
    "2026-11-20".parse().unwrap()
}

fn county() -> County {
    County::on(friday(), Size::Village)
}

/// A door-knock of the demo county, as it was written.
fn knock() -> (Entry, Visit) {
    let entry = county()
        .story()
        .into_iter()
        .map(|written| written.entry)
        .find(|e| matches!(&e.body, Body::Visit(v) if v.kind == VisitKind::DoorKnock && v.outcome == Outcome::Met))
        .expect("the demo county has a door-knock that met somebody");
    let Body::Visit(visit) = entry.body.clone() else { unreachable!() };
    (entry, visit)
}

fn mark(visit: &Visit) -> String {
    Projection::of(KnockId(Uuid::from_u128(1)), visit).mark()
}

type Change = fn(&mut Visit);

#[rstest]
#[case::time("started_at", |v: &mut Visit| v.started_at += Duration::minutes(18))]
#[case::kind("kind", |v: &mut Visit| v.kind = VisitKind::HomeVisit)]
#[case::household("household", |v: &mut Visit| v.household = "袁家".into())]
#[case::village("village", |v: &mut Visit| v.village = Uuid::from_u128(9).into())]
#[case::companion("participants", |v: &mut Visit| v.participants.push(Participant { user: None, name: "别人".into(), side: Side::Other }))]
#[case::met("met", |v: &mut Visit| v.met.push(Met { relation: Relation::Neighbour, called: None, guardian: None }))]
#[case::result("outcome", |v: &mut Visit| v.outcome = Outcome::PhoneOnly)]
fn a_change_inside_what_was_shown_voids_the_answer(#[case] _field: &str, #[case] change: Change) {
    let (_, visit) = knock();
    let mut changed = visit.clone();
    change(&mut changed);
    assert_ne!(mark(&visit), mark(&changed));
}

#[rstest]
#[case::seconds("started_at", |v: &mut Visit| v.started_at += Duration::seconds(-(v.started_at.timestamp() % 60)))]
#[case::end("ended_at", |v: &mut Visit| v.ended_at = None)]
#[case::purposes("purposes", |v: &mut Visit| v.purposes.push(Purpose::Aid))]
#[case::planned("planned_on", |v: &mut Visit| v.planned_on = None)]
#[case::called("met.called", |v: &mut Visit| v.met.iter_mut().for_each(|m| m.called = Some("大娘".into())))]
#[case::calls("calls", |v: &mut Visit| v.calls.clear())]
#[case::note("left_note", |v: &mut Visit| v.left_note = true)]
#[case::neighbour("asked_neighbour", |v: &mut Visit| v.asked_neighbour = true)]
#[case::language("language", |v: &mut Visit| v.language = Some(Language::Dialect))]
#[case::interpreter("interpreter", |v: &mut Visit| v.interpreter = Some(Interpreter::Child))]
#[case::whereabouts("whereabouts", |v: &mut Visit| v.whereabouts = Some(Whereabouts::Working))]
#[case::causes("causes", |v: &mut Visit| v.causes = vec![Cause::Poverty])]
#[case::student("student_attitude", |v: &mut Visit| v.student_attitude = Some(StudentAttitude::Unwilling))]
#[case::guardian("guardian_attitude", |v: &mut Visit| v.guardian_attitude = Some(GuardianAttitude::Opposed))]
#[case::rules("explained_rules", |v: &mut Visit| v.explained_rules = !v.explained_rules)]
#[case::promises("commitments", |v: &mut Visit| v.commitments.clear())]
#[case::next("next_follow_up_on", |v: &mut Visit| v.next_follow_up_on = None)]
#[case::words("remark", |v: &mut Visit| v.remark = Some("晚上补的".into()))]
#[case::difficulties("difficulties", |v: &mut Visit| v.difficulties = vec![Difficulty::Medical])]
#[case::signature("signature", |v: &mut Visit| v.signature = Some(Signature::Refused))]
#[case::no_village("no_village", |v: &mut Visit| v.no_village = Some(NoVillageReason::Busy))]
#[case::seal("seal", |v: &mut Visit| v.seal = None)]
fn a_change_outside_it_leaves_no_trace(#[case] _field: &str, #[case] change: Change) {
    let (_, visit) = knock();
    let mut changed = visit.clone();
    change(&mut changed);
    assert_eq!(mark(&visit), mark(&changed));
}

fn answer(n: u128, result: ConfirmationResult, strength: Strength, shown: Option<&str>) -> Answer {
    Answer {
        entry: EntryId(Uuid::from_u128(n)),
        result,
        strength,
        role: CadreRole::Secretary,
        name: None,
        user: None,
        at: "2026-11-20T10:00:00Z".parse().unwrap(),
        shown: shown.map(Into::into),
        discrepancies: vec![],
        comment: None,
        disputed: false,
    }
}

/// The file of a knock that the village confirmed as it was first written, and that was then changed.
fn confirmed_then(change: Change) -> StudentState {
    let (written, visit) = knock();
    let mut state = case(Role::ClassTeacher, with(|_| {})).state;
    let fold = |state: &mut StudentState, entry: &Entry| {
        let by = UserId(Uuid::from_u128(77));
        state.fold(&Recorded { entry, author: by, author_name: "", received_at: entry.recorded_at });
    };
    fold(&mut state, &written);
    let shown = Projection::of(written.knock.unwrap(), &visit).mark();
    let signed = answer(5, ConfirmationResult::Confirmed, Strength::SignedIn, Some(&shown));
    state.answer(written.knock.unwrap(), &signed);
    let mut changed = visit;
    change(&mut changed);
    let id = EntryId(Uuid::from_u128(9));
    fold(&mut state, &Entry { id, supersedes: Some(written.id), body: Body::Visit(changed), ..written });
    state
}

/// The card of that knock.
fn asked(state: &StudentState) -> Asked {
    let county = county();
    let student = knock().0.subject.student().unwrap();
    let all = cards(student, state, &Policy::default(), &county.directory());
    all.into_iter().find_map(|card| card.asked).unwrap()
}

#[rstest]
#[case::time("TIME", |v: &mut Visit| v.started_at -= Duration::minutes(18))]
#[case::household("HOUSEHOLD", |v: &mut Visit| v.household = "袁家".into())]
#[case::kind("KIND", |v: &mut Visit| v.kind = VisitKind::HomeVisit)]
#[case::companion("PARTICIPANTS", |v: &mut Visit| v.participants.push(Participant { user: None, name: "别人".into(), side: Side::Other }))]
#[case::met("MET", |v: &mut Visit| v.met.push(Met { relation: Relation::Neighbour, called: None, guardian: None }))]
#[case::result("RESULT", |v: &mut Visit| v.outcome = Outcome::PhoneOnly)]
fn the_village_is_told_what_was_changed_after_it_answered(#[case] what: &str, #[case] change: Change) {
    let (_, visit) = knock();
    let mut changed = visit.clone();
    change(&mut changed);
    let asked = asked(&confirmed_then(change));
    assert_eq!(asked.standing, Standing::ChangedAfter);
    let said = serde_json::to_value(&asked.changes).unwrap();
    assert_eq!((said.as_array().unwrap().len(), said[0]["what"].as_str()), (1, Some(what)));
    let was = |visit: &Visit| serde_json::to_value(Projection::of(KnockId(Uuid::nil()), visit)).unwrap();
    let field = match what {
        "TIME" => "minute".to_owned(),
        other => other.to_lowercase(),
    };
    assert_eq!([&said[0]["from"], &said[0]["to"]], [&was(&visit)[&field], &was(&changed)[&field]]);
}

#[test]
fn what_was_changed_outside_it_travels_to_no_village() {
    let asked = asked(&confirmed_then(|v| {
        v.remark = Some("晚上补的".into());
        v.causes = vec![Cause::Poverty];
        v.whereabouts = Some(Whereabouts::Working);
    }));
    assert_eq!((asked.standing, asked.changes), (Standing::Confirmed, vec![]));
}

#[test]
fn a_change_is_laid_against_the_last_answer_and_forgotten_once_one_fits() {
    let mut state = confirmed_then(|v| v.started_at -= Duration::minutes(18));
    let fits = asked(&state).mark;
    // By a phone whose clock is behind.
    let again = Answer {
        at: "2026-11-20T09:00:00Z".parse().unwrap(),
        ..answer(6, ConfirmationResult::Confirmed, Strength::SignedIn, Some(&fits))
    };
    let knock = knock().0.knock.unwrap();
    state.answer(knock, &again);
    let now = asked(&state);
    assert_eq!((now.standing, now.changes.len()), (Standing::Confirmed, 0));
    // Only an earlier version that is forgotten was answered: that it changed is said, not what.
    state.unanswer(again.entry);
    state.visits.last_mut().unwrap().shown_before.clear();
    let now = asked(&state);
    assert_eq!((now.standing, now.changes.len()), (Standing::ChangedAfter, 0));
}

#[test]
fn the_right_village_is_asked_afresh_and_sees_nothing_of_the_wrong_one() {
    let state = confirmed_then(|v| v.village = Uuid::from_u128(9).into());
    let asked = asked(&state);
    assert_eq!((asked.standing, asked.changes.len(), asked.answers.len()), (Standing::Waiting, 0, 0));
    let policy = Policy::default();
    assert_eq!(state.visits.last().unwrap().standing(&policy), Standing::ChangedAfter, "the teacher is told");
}

#[test]
fn the_strongest_answer_that_fits_decides() {
    use ConfirmationResult::{Confirmed, Corrected, NotPresent, Unable};
    use Strength::{ByCode, OnPaper, SignedIn, TeachersPhone};
    let fits = Some("now");
    let check = |needed: bool, answers: &[Answer], min: Strength, expect: Standing| {
        assert_eq!(standing(needed, "now", answers, min), expect);
    };
    check(false, &[], ByCode, Standing::NotNeeded);
    check(true, &[], ByCode, Standing::Waiting);
    check(true, &[answer(1, Confirmed, ByCode, fits)], ByCode, Standing::Confirmed);
    check(true, &[answer(1, Confirmed, ByCode, fits)], SignedIn, Standing::Waiting);
    check(true, &[answer(1, Confirmed, OnPaper, fits)], ByCode, Standing::Waiting);
    check(true, &[answer(1, Confirmed, TeachersPhone, fits)], OnPaper, Standing::Confirmed);
    check(true, &[answer(1, Unable, SignedIn, fits)], ByCode, Standing::Unable);
    check(true, &[answer(1, NotPresent, SignedIn, fits)], ByCode, Standing::Unable);
    check(true, &[answer(1, Confirmed, ByCode, None)], ByCode, Standing::Confirmed);
    check(true, &[answer(1, Confirmed, ByCode, Some("then"))], ByCode, Standing::ChangedAfter);
    let both = [answer(1, Confirmed, ByCode, fits), answer(2, Corrected, SignedIn, fits)];
    check(true, &both, ByCode, Standing::Corrected);
    let again = [answer(1, Confirmed, SignedIn, Some("then")), answer(2, Confirmed, ByCode, fits)];
    check(true, &again, ByCode, Standing::Confirmed);
    // The later word is the one that came later, whatever the clock of its phone said.
    let behind = |answer: Answer| Answer { at: answer.at - Duration::days(5), ..answer };
    let later = [answer(2, Corrected, SignedIn, fits), behind(answer(1, Confirmed, SignedIn, fits))];
    check(true, &later, ByCode, Standing::Confirmed);
    let talked_away = [
        answer(1, Corrected, ByCode, fits),
        Answer { at: "2026-11-20T11:00:00Z".parse().unwrap(), ..answer(2, Confirmed, ByCode, fits) },
    ];
    check(true, &talked_away, ByCode, Standing::Corrected);
    let mut disowned = answer(1, Confirmed, ByCode, fits);
    disowned.disputed = true;
    check(true, &[disowned], ByCode, Standing::Waiting);
}

struct Case {
    actor: Actor,
    place: Place,
    state: StudentState,
    entry: Entry,
}

/// An entry of that kind about a child of 李老师's class, by the holder of a role.
fn case(role: Role, body: Body) -> Case {
    let county = county();
    let (written, visit) = knock();
    let pupil = county.pupils.iter().find(|p| Subject::Student(p.id) == written.subject).unwrap();
    let class = pupil.basics.class;
    let village = visit.village;
    let school = pupil.basics.school;
    let holds = |g: &domain::actor::Grant| {
        g.role == role && [class.0, school.0, village.0, county.id.0].contains(&g.scope.key())
    };
    let person = county.people.iter().find(|p| p.grants.iter().any(holds));
    let actor = county.actor(person.unwrap_or_else(|| panic!("nobody is {role:?} there")).id).unwrap();
    let subject = match body.kind() {
        Some(Kind::Confirmation | Kind::Dispute | Kind::VillageNote) => Subject::Village(village),
        Some(Kind::FoundChild) => Subject::School(school),
        _ => written.subject,
    };
    let entry = Entry { id: EntryId(Uuid::from_u128(7)), subject, supersedes: None, body, ..written };
    let scopes = vec![class.0, school.0, village.0];
    let place = Place { county: Some(county.id), scopes, open: true };
    let basics = Some(pupil.basics.clone());
    Case { actor, place, state: StudentState { basics, ..StudentState::default() }, entry }
}

fn code(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Accept => "ACCEPT",
        Verdict::Quarantine => "QUARANTINE",
        Verdict::Refuse(problems) => &problems[0].code,
    }
}

fn check(case: &Case, facts: Facts<'_>, expect: &str) {
    let facts = Facts { place: Some(&case.place), state: Some(&case.state), ..facts };
    assert_eq!(code(&judge(&case.actor, &case.entry, &facts)), expect);
}

fn with(change: impl FnOnce(&mut Visit)) -> Body {
    let (_, mut visit) = knock();
    change(&mut visit);
    Body::Visit(visit)
}

#[rstest]
#[case::as_written(|_: &mut Visit| {}, "ACCEPT")]
#[case::next_before_visit(|v: &mut Visit| v.next_follow_up_on = Some(domain::calendar::local_date(v.started_at)), "BEFORE_VISIT")]
#[case::promise_before_visit(|v: &mut Visit| v.commitments[0].due_on = "2020-01-01".parse().ok(), "BEFORE_VISIT")]
#[case::no_purpose(|v: &mut Visit| v.purposes.clear(), "REQUIRED")]
#[case::nobody_came(|v: &mut Visit| v.participants.clear(), "REQUIRED")]
#[case::no_seal(|v: &mut Visit| v.seal = None, "REQUIRED")]
#[case::end_before_start(|v: &mut Visit| v.ended_at = Some(v.started_at - Duration::minutes(1)), "BEFORE_START")]
#[case::a_book(|v: &mut Visit| v.remark = Some("话".repeat(2001)), "TOO_LONG")]
#[case::phone_ten_years_off(|v: &mut Visit| { v.started_at += Duration::days(3650); v.ended_at = None; v.commitments.clear(); v.next_follow_up_on = None }, "ACCEPT")]
fn a_visit_stands_or_comes_back(#[case] change: Change, #[case] expect: &str) {
    let body = with(|v| {
        if v.commitments.is_empty() {
            let due_on = Some(domain::calendar::local_date(v.started_at));
            v.commitments = vec![Commitment {
                by: Party::Family,
                who: None,
                what: Promise::BringToSchool,
                words: None,
                due_on,
            }];
        }
    });
    let Body::Visit(mut visit) = body else { unreachable!() };
    change(&mut visit);
    check(&case(Role::ClassTeacher, Body::Visit(visit)), Facts::default(), expect);
}

#[test]
fn a_visit_of_somebody_elses_knock_comes_back() {
    let case = case(Role::ClassTeacher, with(|_| {}));
    let knock = KnownKnock { author: UserId(Uuid::from_u128(404)), village: Uuid::nil().into(), seal: None };
    check(&case, Facts { knock: Some(knock), ..Facts::default() }, "NOT_YOURS");
}

#[test]
fn what_nobody_may_write_waits_for_the_office_and_is_never_binned() {
    check(&case(Role::Principal, with(|_| {})), Facts::default(), "QUARANTINE");
    let yesterday = Facts { had_right: true, ..Facts::default() };
    check(&case(Role::Principal, with(|_| {})), yesterday, "ACCEPT");
    let mut unknown = case(Role::ClassTeacher, with(|_| {}));
    unknown.entry.body = Body::Unknown { kind: "SONG".into(), version: 1, body: serde_json::Value::Null };
    check(&unknown, Facts::default(), "QUARANTINE");
    let case = case(Role::ClassTeacher, with(|_| {}));
    assert_eq!(code(&judge(&case.actor, &case.entry, &Facts::default())), "SUBJECT_UNKNOWN");
}

#[test]
fn a_report_stands_whoever_writes_it_and_never_waits_for_the_office() {
    let report = |what: &str| {
        Body::SafeguardingReport(SafeguardingReport {
            what: what.into(),
            noticed_at: "2026-11-20T09:38:00Z".parse().unwrap(),
            place: None,
            reported_to: vec![],
            receipt: None,
        })
    };
    for role in [Role::ClassTeacher, Role::Office, Role::Cadre, Role::County] {
        let mut case = case(role, report("胳膊上有伤"));
        check(&case, Facts::default(), "ACCEPT");
        case.actor.grants.clear();
        check(&case, Facts::default(), "ACCEPT");
        case.place.county = Some(domain::ids::CountyId(Uuid::nil()));
        check(&case, Facts::default(), "NOT_YOURS");
    }
    check(&case(Role::Cadre, report(" ")), Facts::default(), "REQUIRED");
}

fn handled(done: &str) -> Body {
    let on = friday();
    Body::SafeguardingHandled(SafeguardingHandled {
        of: EntryId(Uuid::from_u128(3)),
        done: done.into(),
        on,
        reported_to: vec![],
        receipt: None,
    })
}

#[rstest]
#[case::headteacher(Role::Principal, Some(Kind::SafeguardingReport), "报了公安", "ACCEPT")]
#[case::nothing_done(Role::Principal, Some(Kind::SafeguardingReport), " ", "REQUIRED")]
#[case::of_a_visit(Role::Principal, Some(Kind::Visit), "报了公安", "REFERS_TO_NOTHING_OF_YOURS")]
#[case::of_what_was_done(
    Role::Principal,
    Some(Kind::SafeguardingHandled),
    "报了公安",
    "REFERS_TO_NOTHING_OF_YOURS"
)]
// Whether there is such a report is no answer for them, and the office is not asked.
#[case::office(Role::Office, Some(Kind::SafeguardingReport), "报了公安", "NOT_YOURS")]
#[case::office_guesses(Role::Office, None, " ", "NOT_YOURS")]
#[case::class_teacher(Role::ClassTeacher, Some(Kind::SafeguardingReport), "报了公安", "NOT_YOURS")]
#[case::cadre(Role::Cadre, Some(Kind::SafeguardingReport), "报了公安", "NOT_YOURS")]
fn what_was_done_about_a_report_is_said_by_those_who_owe_it(
    #[case] role: Role,
    #[case] of: Option<Kind>,
    #[case] done: &str,
    #[case] expect: &str,
) {
    let mut case = case(role, handled(done));
    let author = UserId(Uuid::nil());
    let known =
        |kind| Known { author, kind: Some(kind), subject: case.entry.subject, signed_in: false };
    let facts = Facts { referred: of.map(known), ..Facts::default() };
    check(&case, facts.clone(), expect);
    if expect == "ACCEPT" {
        case.entry.supersedes = Some(EntryId(Uuid::from_u128(3)));
        check(&case, facts, "NEVER_CHANGED");
    }
}

#[test]
fn what_was_done_about_a_report_ends_both_duties_wherever_the_child_is_by_then() {
    let report = EntryId(Uuid::from_u128(3));
    let child = knock().0.subject.student().unwrap();
    let owed = domain::duty::safeguarding(SchoolId(Uuid::from_u128(4)), child, report, friday());
    assert_eq!(domain::duty::handled(report), owed.map(|duty| duty.id));
    let another = domain::duty::handled(EntryId(Uuid::from_u128(5)));
    assert!(!domain::duty::handled(report).iter().any(|id| another.contains(id)));
}

fn confirmation(proof: Proof) -> Confirmation {
    Confirmation {
        result: ConfirmationResult::Confirmed,
        proof,
        shown: None,
        discrepancies: vec![],
        comment: None,
        role: CadreRole::Secretary,
        name: None,
    }
}

const SECRET: Secret = Secret([7; 8]);

#[rstest]
#[case::scanned(Proof::Secret(domain::hex(&SECRET.0)), "ACCEPT")]
#[case::wrong_secret(Proof::Secret(domain::hex(&[8; 8])), "DOES_NOT_FIT")]
#[case::no_secret(Proof::Secret("kaput".into()), "CODE_BAD")]
#[case::typed(Proof::Code(Seal::of(&SECRET).code), "ACCEPT")]
#[case::mistyped(Proof::Code("12345678".into()), "CODE_BAD")]
#[case::from_the_list(Proof::List, "ACCEPT")]
fn an_answer_must_fit_its_knock(#[case] proof: Proof, #[case] expect: &str) {
    let case = case(Role::Cadre, Body::Confirmation(confirmation(proof)));
    let (_, visit) = knock();
    let seal = Seal::of(&SECRET);
    let knock = KnownKnock { author: UserId(Uuid::nil()), village: visit.village, seal: Some(&seal) };
    check(&case, Facts { knock: Some(knock), ..Facts::default() }, expect);
}

#[test]
fn an_answer_may_come_first_but_not_from_a_list() {
    let scanned = case(Role::Cadre, Body::Confirmation(confirmation(Proof::Secret(domain::hex(&SECRET.0)))));
    check(&scanned, Facts::default(), "ACCEPT");
    let listed = case(Role::Cadre, Body::Confirmation(confirmation(Proof::List)));
    check(&listed, Facts::default(), "KNOCK_UNKNOWN");
    let mut vague = confirmation(Proof::Secret(domain::hex(&SECRET.0)));
    vague.result = ConfirmationResult::Corrected;
    check(&case(Role::Cadre, Body::Confirmation(vague)), Facts::default(), "REQUIRED");
}

#[test]
fn only_the_author_of_the_visit_writes_the_village_down_on_paper() {
    let case = case(Role::ClassTeacher, Body::Confirmation(confirmation(Proof::Paper)));
    let (_, visit) = knock();
    let seal = Seal::of(&SECRET);
    let knock = |author| KnownKnock { author, village: visit.village, seal: Some(&seal) };
    check(&case, Facts { knock: Some(knock(case.actor.user)), ..Facts::default() }, "ACCEPT");
    check(&case, Facts { knock: Some(knock(UserId(Uuid::nil()))), ..Facts::default() }, "NOT_YOURS");
}

#[rstest]
#[case::own_visit(Kind::Visit, true, "ACCEPT")]
#[case::someone_elses(Kind::Visit, false, "REFERS_TO_NOTHING_OF_YOURS")]
#[case::mandatory_report(Kind::SafeguardingReport, true, "REFERS_TO_NOTHING_OF_YOURS")]
#[case::what_was_done_about_it(Kind::SafeguardingHandled, true, "REFERS_TO_NOTHING_OF_YOURS")]
fn one_withdraws_ones_own(#[case] kind: Kind, #[case] own: bool, #[case] expect: &str) {
    let body = Body::Withdrawal(Withdrawal { of: EntryId(Uuid::from_u128(3)), why: None });
    let case = case(Role::ClassTeacher, body);
    let author = if own { case.actor.user } else { UserId(Uuid::nil()) };
    let known = Known { author, kind: Some(kind), subject: case.entry.subject, signed_in: false };
    check(&case, Facts { referred: Some(known), ..Facts::default() }, expect);
}

#[rstest]
#[case::seen(Reviewed::Seen, None, "ACCEPT")]
#[case::asked(Reviewed::PleaseAdd, Some("见到的是谁"), "ACCEPT")]
#[case::asked_nothing(Reviewed::PleaseAdd, Some("  "), "REQUIRED")]
fn the_office_says_what_to_add(#[case] verdict: Reviewed, #[case] words: Option<&str>, #[case] expect: &str) {
    let of = EntryId(Uuid::from_u128(3));
    let case = case(Role::Office, Body::Review(Review { of, verdict, words: words.map(Into::into) }));
    let known = Known {
        author: UserId(Uuid::nil()),
        kind: Some(Kind::Visit),
        subject: case.entry.subject,
        signed_in: false,
    };
    check(&case, Facts { referred: Some(known), ..Facts::default() }, expect);
}

#[rstest]
#[case::remark(Role::ClassTeacher, |words| with(move |v| v.remark = Some(words)), 2000)]
#[case::household(Role::ClassTeacher, |words| with(move |v| v.household = words), 100)]
#[case::companion(Role::ClassTeacher, |words| with(move |v| v.participants[0].name = words), 100)]
#[case::met(Role::ClassTeacher, |words| with(move |v| v.met[0].called = Some(words)), 100)]
#[case::promise(Role::ClassTeacher, |words| with(move |v| v.commitments.push(promise(words))), 500)]
#[case::reply(Role::ClassTeacher, |words| Body::Supplement(Supplement { reply: Some(words), ..Supplement::default() }), 2000)]
#[case::family(Role::ClassTeacher, |words| Body::Supplement(Supplement { family: Some(words), ..Supplement::default() }), 2000)]
#[case::why(Role::ClassTeacher, |words| Body::Withdrawal(Withdrawal { of: EntryId(Uuid::nil()), why: Some(words) }), 500)]
#[case::review(Role::Office, |words| Body::Review(Review { of: EntryId(Uuid::nil()), verdict: Reviewed::PleaseAdd, words: Some(words) }), 2000)]
#[case::report(Role::ClassTeacher, |words| Body::SafeguardingReport(report(words, None)), 2000)]
#[case::report_place(Role::ClassTeacher, |words| Body::SafeguardingReport(report("胳膊上有伤".into(), Some(words))), 500)]
#[case::handled(Role::Principal, |words: String| handled(&words), 2000)]
#[case::found(Role::ClassTeacher, |words| Body::FoundChild(found(words)), 100)]
#[case::comment(Role::Cadre, |words| Body::Confirmation(Confirmation { comment: Some(words), ..typed() }), 500)]
#[case::name(Role::Cadre, |words| Body::Confirmation(Confirmation { name: Some(words), ..typed() }), 100)]
#[case::shown(Role::Cadre, |words| Body::Confirmation(Confirmation { shown: Some(words), ..typed() }), 100)]
#[case::note(Role::Cadre, |words| Body::VillageNote(VillageNote { about: None, told: None, words: Some(words) }), 500)]
#[case::address(Role::ClassTeacher, |words: String| correct("address", &words), 500)]
fn a_text_has_its_length(#[case] role: Role, #[case] body: fn(String) -> Body, #[case] most: usize) {
    let says = |n: usize| {
        let case = case(role, body("字".repeat(n)));
        let facts = Facts { place: Some(&case.place), state: Some(&case.state), ..Facts::default() };
        match judge(&case.actor, &case.entry, &facts) {
            Verdict::Refuse(problems) => problems.iter().any(|p| p.code == "TOO_LONG"),
            _ => false,
        }
    };
    assert_eq!((says(most), says(most + 1)), (false, true));
}

#[rstest]
#[case::right("phone", "14400000001", "ACCEPT")]
#[case::none_any_more("guardian.1.phone", "", "ACCEPT")]
#[case::short("phone", "1440000000", "PHONE_SHORT")]
#[case::words("guardian.1.phone", "打不通", "PHONE_BAD")]
#[case::a_name_is_no_number("guardian.1.name", "买买提", "ACCEPT")]
fn a_corrected_number_is_one(#[case] field: &str, #[case] to: &str, #[case] expect: &str) {
    check(&case(Role::ClassTeacher, correct(field, to)), Facts::default(), expect);
}

fn correct(field: &str, to: &str) -> Body {
    Body::Register(Register { field: field.into(), from: None, to: Some(to.into()), source: Source::Person })
}

fn promise(words: String) -> Commitment {
    Commitment { by: Party::Family, who: None, what: Promise::Other, words: Some(words), due_on: None }
}

fn typed() -> Confirmation {
    confirmation(Proof::Code(Seal::of(&SECRET).code))
}

fn report(what: String, place: Option<String>) -> SafeguardingReport {
    let noticed_at = "2026-11-20T09:38:00Z".parse().unwrap();
    SafeguardingReport { what, noticed_at, place, reported_to: vec![], receipt: None }
}

fn found(name: String) -> FoundChild {
    let village = knock().1.village;
    FoundChild {
        name,
        schooling: Schooling::NotInSchool,
        about: None,
        household: "阿依古丽家".into(),
        village,
    }
}

#[test]
fn each_kind_is_about_its_own_sort_of_subject() {
    let found = FoundChild {
        name: "阿丽亚".into(),
        schooling: Schooling::NotInSchool,
        about: None,
        household: "阿依古丽家".into(),
        village: knock().1.village,
    };
    let mut wrong = case(Role::ClassTeacher, Body::FoundChild(found));
    check(&wrong, Facts::default(), "ACCEPT");
    wrong.entry.subject = knock().0.subject;
    check(&wrong, Facts::default(), "WRONG_SUBJECT");
    let of = EntryId(Uuid::from_u128(3));
    let mut dispute = case(Role::Cadre, Body::Dispute(Dispute { of }));
    let known = Known {
        author: UserId(Uuid::nil()),
        kind: Some(Kind::Confirmation),
        subject: dispute.entry.subject,
        signed_in: false,
    };
    check(&dispute, Facts { referred: Some(known), ..Facts::default() }, "ACCEPT");
    let of_a_colleague = Known { signed_in: true, ..known };
    check(
        &dispute,
        Facts { referred: Some(of_a_colleague), ..Facts::default() },
        "REFERS_TO_NOTHING_OF_YOURS",
    );
    let own = Known { author: dispute.actor.user, ..of_a_colleague };
    check(&dispute, Facts { referred: Some(own), ..Facts::default() }, "ACCEPT");
    dispute.entry.subject = knock().0.subject;
    check(&dispute, Facts { referred: Some(known), ..Facts::default() }, "REFERS_TO_NOTHING_OF_YOURS");
}

#[test]
fn a_mandatory_report_changes_nothing_anybody_else_could_notice() {
    let county = county();
    let report = SafeguardingReport {
        what: "手臂上有伤".into(),
        noticed_at: "2026-11-20T09:38:00Z".parse().unwrap(),
        place: None,
        reported_to: vec![],
        receipt: None,
    };
    let case = case(Role::ClassTeacher, Body::SafeguardingReport(report));
    check(&case, Facts::default(), "ACCEPT");
    let mut state = case.state.clone();
    state.fold(&Recorded {
        entry: &case.entry,
        author: case.actor.user,
        author_name: &case.actor.name,
        received_at: case.entry.recorded_at,
    });
    assert_eq!(state, case.state);
    let id = case.entry.subject.student().unwrap();
    let policy = Policy::default();
    let before = owed(id, &case.state, &policy, &county.calendar, friday());
    assert_eq!(owed(id, &state, &policy, &county.calendar, friday()), before);
}

fn note(told: Option<Told>, words: Option<&str>) -> VillageNote {
    let about = knock().0.subject.student();
    VillageNote { about, told, words: words.map(Into::into) }
}

#[rstest]
#[case::a_place(Some(Told::FamilyAway), None, "ACCEPT")]
#[case::words(None, Some("去浙江了".into()), "ACCEPT")]
#[case::nothing(None, Some("  ".into()), "REQUIRED")]
#[case::a_letter(None, Some("话".repeat(501)), "TOO_LONG")]
fn the_village_says_something(
    #[case] told: Option<Told>,
    #[case] words: Option<String>,
    #[case] expect: &str,
) {
    check(&case(Role::Cadre, Body::VillageNote(note(told, words.as_deref()))), Facts::default(), expect);
}

#[test]
fn a_village_speaks_of_its_own_children_only() {
    let mut case = case(Role::Cadre, Body::VillageNote(note(Some(Told::Home), None)));
    case.state.basics.as_mut().unwrap().village = None;
    check(&case, Facts::default(), "NOT_OF_THIS_VILLAGE");
    // Where a visit looked for the child, the village may speak too.
    let (written, _) = knock();
    let by = case.actor.user;
    let at = written.recorded_at;
    case.state.fold(&Recorded { entry: &written, author: by, author_name: "", received_at: at });
    check(&case, Facts::default(), "ACCEPT");
    case.entry.body =
        Body::VillageNote(VillageNote { about: None, ..note(None, Some("七组有两家走了")) });
    case.state.visits.clear();
    check(&case, Facts::default(), "ACCEPT");
}

#[test]
fn what_the_village_says_stands_beside_the_file_and_ends_no_duty() {
    let case = case(Role::Cadre, Body::VillageNote(note(Some(Told::ChildAway), None)));
    let Body::VillageNote(said) = &case.entry.body else { unreachable!() };
    let mut entry = case.entry.clone();
    let mut state = case.state.clone();
    let mut hear = |state: &mut StudentState, n: u128, supersedes: Option<u128>| {
        entry.id = EntryId(Uuid::from_u128(n));
        entry.supersedes = supersedes.map(|n| EntryId(Uuid::from_u128(n)));
        let at = entry.recorded_at;
        let by = &case.actor.name;
        state.hear(
            &Recorded { entry: &entry, author: case.actor.user, author_name: by, received_at: at },
            said,
        );
    };
    hear(&mut state, 1, None);
    hear(&mut state, 2, Some(1));
    assert_eq!(
        state.notes.iter().map(|n| (n.entry.0.as_u128(), n.by.as_str())).collect::<Vec<_>>(),
        [(2, case.actor.name.as_str())]
    );
    let owes = |state: &StudentState| {
        owed(said.about.unwrap(), state, &Policy::default(), &county().calendar, friday())
    };
    assert_eq!(owes(&state), owes(&case.state));
    (3..20).for_each(|n| hear(&mut state, n, None));
    assert_eq!(state.notes.len(), domain::student::KEPT_NOTES);
    assert_eq!(state.notes.last().unwrap().entry.0.as_u128(), 19);
}

#[test]
fn the_office_asks_about_an_answer_that_was_not_ones_own_until_the_village_has_answered() {
    let (written, visit) = knock();
    let mut state = case(Role::ClassTeacher, with(|_| {})).state;
    let by = UserId(Uuid::nil());
    state.fold(&Recorded { entry: &written, author: by, author_name: "", received_at: written.recorded_at });
    let knock = written.knock.unwrap();
    let shown = Projection::of(knock, &visit).mark();
    let by_code = answer(5, ConfirmationResult::Confirmed, Strength::ByCode, Some(&shown));
    let asks = |state: &StudentState| {
        let student = written.subject.student().unwrap();
        let duties = owed(student, state, &Policy::default(), &county().calendar, friday());
        duties.iter().filter(|d| d.reason.code() == "DISOWNED").count()
    };
    state.answer(knock, &by_code);
    assert_eq!(asks(&state), 0);
    state.dispute(by_code.entry);
    assert_eq!(asks(&state), 1);
    state.answer(knock, &answer(6, ConfirmationResult::Confirmed, Strength::SignedIn, Some(&shown)));
    assert_eq!(asks(&state), 0);
}

#[test]
fn what_the_village_sees_differently_is_the_authors_until_taken_up() {
    let (written, visit) = knock();
    let (student, id) = (written.subject.student().unwrap(), written.knock.unwrap());
    let by = UserId(Uuid::from_u128(77));
    let fold = |state: &mut StudentState, entry: &Entry| {
        state.fold(&Recorded { entry, author: by, author_name: "", received_at: entry.recorded_at });
    };
    let owes = |state: &StudentState| {
        let duties = owed(student, state, &Policy::default(), &county().calendar, friday());
        let differs = duties.into_iter().filter(|d| d.reason.code() == "DIFFERS");
        differs.map(|d| (d.owner, d.due_on)).collect::<Vec<_>>()
    };
    let next = |n: u128, supersedes: Option<EntryId>, body: Body| Entry {
        id: EntryId(Uuid::from_u128(n)),
        supersedes,
        body,
        ..written.clone()
    };
    let supplement = |n: u128, heard: Option<EntryId>, family: Option<&str>| {
        let visit = Some(written.id);
        let family = family.map(str::to_owned);
        next(n, None, Body::Supplement(Supplement { visit, heard, family, ..Supplement::default() }))
    };
    let shown = Projection::of(id, &visit).mark();
    let differs = answer(5, ConfirmationResult::Corrected, Strength::SignedIn, Some(&shown));
    let mut state = case(Role::ClassTeacher, with(|_| {})).state;
    fold(&mut state, &written);
    state.answer(id, &answer(4, ConfirmationResult::Confirmed, Strength::ByCode, Some(&shown)));
    assert_eq!(owes(&state), []);
    // What was written before the village said so takes up nothing.
    fold(&mut state, &supplement(6, None, Some("爷爷说话少")));
    state.answer(id, &differs);
    assert_eq!(owes(&state), [(Owner::User(by), "2026-11-23".parse().unwrap())]);

    let after = |entry: Entry| {
        let mut state = state.clone();
        fold(&mut state, &entry);
        owes(&state).len()
    };
    assert_eq!(after(supplement(7, Some(differs.entry), None)), 0);
    assert_eq!(after(supplement(8, None, Some("下午又去过，孩子在"))), 0);
    assert_eq!(after(supplement(9, Some(EntryId(Uuid::from_u128(4))), None)), 1);
    let mut corrected = visit;
    corrected.remark = Some("写错字".into());
    assert_eq!(after(next(10, Some(written.id), Body::Visit(corrected))), 0);

    // Another word of the village is another matter.
    fold(&mut state, &supplement(7, Some(differs.entry), None));
    let again = Answer {
        at: differs.at + Duration::hours(1),
        ..answer(11, ConfirmationResult::Corrected, Strength::SignedIn, Some(&shown))
    };
    state.answer(id, &again);
    assert_eq!(owes(&state).len(), 1);
}
