//! What a form at the door is prefilled with.

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
    assert_eq!(form.people.iter().map(|p| p.guardian).collect::<Vec<_>>(), [Some(2), Some(1), None, None]);
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

/// The phone after a house of 五村 that everybody went to, with the sister living where it says.
fn after_a_house(sister_in: VillageId, visited: &str) -> Replica {
    let mut replica = absent();
    let mut form = door_knock(&replica);
    form.companions.iter_mut().for_each(|c| c.ticked = true);
    form.companions
        .push(Companion { ticked: true, ..Companion::stranger("镇上的王干事", Side::Township) });
    form.opened_at = at(visited);
    let new = write(&form, &replica, friday());
    replica.record(new, friday()).unwrap();
    let sister = replica.caseload.files.get_mut(&SISTER).unwrap();
    let basics = Basics { village: Some(sister_in), ..basics("古丽·艾力", guardians()) };
    sister.student.state = StudentState { basics: Some(basics), ..StudentState::default() }.into();
    replica
}

fn at_the_sisters(replica: &Replica, now: &str) -> VisitForm {
    let errand = Errand { student: SISTER, duty: None, kind: None };
    open(&errand, replica, &me(), KnockId(id(41)), at(now)).unwrap()
}

fn came(form: &VisitForm) -> Vec<(&str, bool)> {
    form.companions.iter().skip(1).map(|c| (c.name.as_str(), c.ticked)).collect()
}

#[test]
fn only_teachers_go_on_to_the_next_village() {
    let same = after_a_house(VILLAGE, "2026-11-20T09:38:00Z");
    assert_eq!(
        came(&at_the_sisters(&same, "2026-11-20T11:00:00Z")),
        [("古丽娜尔·艾山", true), ("吐尔逊·卡德尔", true), ("镇上的王干事", true)]
    );
    let next = after_a_house(NEXT_VILLAGE, "2026-11-20T09:38:00Z");
    assert_eq!(
        came(&at_the_sisters(&next, "2026-11-20T11:00:00Z")),
        [("古丽娜尔·艾山", true), ("吾买尔·依明", false)]
    );
}

#[test]
fn a_visit_of_yesterday_written_down_tonight_brings_nobody_along() {
    let replica = after_a_house(VILLAGE, "2026-11-19T09:38:00Z");
    let form = at_the_sisters(&replica, "2026-11-20T11:00:00Z");
    assert_eq!(came(&form), [("古丽娜尔·艾山", false), ("吐尔逊·卡德尔", false)]);
}

#[test]
fn another_day_unticks_what_no_thumb_has_touched() {
    let replica = after_a_house(VILLAGE, "2026-11-20T09:38:00Z");
    let mut form = at_the_sisters(&replica, "2026-11-20T11:00:00Z");
    // Off and on again: now it is the thumb's word that the secretary came.
    form.companions[2].toggle();
    form.companions[2].toggle();
    let yesterday = Earlier { on: day("2026-11-19"), at: None };
    form.set_time(Some(yesterday));
    assert_eq!(came(&form), [("古丽娜尔·艾山", false), ("吐尔逊·卡德尔", true), ("镇上的王干事", false)]);
    form.set_time(Some(Earlier { on: day("2026-11-20"), at: None }));
    assert!(came(&form).iter().all(|(_, ticked)| *ticked), "the same evening, only earlier");
}

#[test]
fn a_cadre_of_another_village_is_named_with_it() {
    let replica = absent();
    let form = knocking(&replica);
    let secretary =
        |user, name: &str| Companion { user: Some(user), ..Companion::stranger(name, Side::Village) };
    let named = |companion: &Companion| {
        companion.from_elsewhere(form.village, &replica.directory).map(|v| v.name.clone())
    };
    assert_eq!(named(&secretary(TURSUN, "吐尔逊·卡德尔")), None);
    assert_eq!(named(&secretary(OMAR, "吾买尔·依明")).as_deref(), Some("三村"));
    assert_eq!(named(&Companion::colleague(GULNAR, "古丽娜尔·艾山")), None);
    assert_eq!(named(&Companion::stranger("吾买尔·依明", Side::Village)), None);
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
