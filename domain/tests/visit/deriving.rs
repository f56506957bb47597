//! What a form derives, and what it drops.

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
    form.nobody = Some(Nobody { outcome: Some(Outcome::NotHome), left_note: true, asked_neighbour: false });
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
fn nobody_met_is_asked_why_and_promises_nothing() {
    for mut form in [routine(&phone(None)), knocking(&absent())] {
        form.set_nobody(true);
        assert_eq!(form.next_step(Step::Met), Some(Step::Nobody));
        assert_eq!(form.next_step(Step::Nobody), None);
    }
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
        only(&VisitForm { commitments: form.commitments, ..door_knock(&replica) }, &replica).commitments[0]
            .who,
        None
    );
}
