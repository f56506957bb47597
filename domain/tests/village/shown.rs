//! What the village's answer binds to: changes inside and outside the projection, and which of several
//! answers decides.

use super::*;

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
