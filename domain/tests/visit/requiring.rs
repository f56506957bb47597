//! What a form requires before it is written down.

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
