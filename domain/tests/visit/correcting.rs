//! A knock opened again, and what a correction says.

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

/// The visit as it stood, and what an untouched correction of it says.
fn before_and_after(replica: &Replica, now: &str) -> (Vec<(StudentId, Visit)>, Vec<NewEntry>) {
    let knock = Knock::find(KNOCK, replica, &me()).unwrap();
    let form = knock.reopen(replica, &me(), at(now)).unwrap();
    let before = knock.visits.iter().map(|v| (v.student, v.visit.clone())).collect();
    (before, write(&form, replica, at(now)))
}

fn know(replica: &mut Replica, student: StudentId, change: impl FnOnce(&mut StudentState)) {
    let file = replica.caseload.files.get_mut(&student).unwrap();
    let mut state = file.student.state.clone().into_inner();
    change(&mut state);
    file.student.state = state.into();
}

#[test]
fn the_people_of_a_later_house_are_none_of_this_one() {
    let mut replica = written(&door_knock(&absent()));
    let errand = Errand { student: SISTER, duty: None, kind: None };
    let mut next = open(&errand, &replica, &me(), KnockId(id(41)), at("2026-11-20T11:00:00Z")).unwrap();
    next.companions.iter_mut().for_each(|c| c.ticked = true);
    meet(&mut next, &Relation::PaternalGrandparent);
    let new = write(&next, &replica, at("2026-11-20T11:10:00Z"));
    replica.record(new, at("2026-11-20T11:10:00Z")).unwrap();
    let knock = Knock::find(KNOCK, &replica, &me()).unwrap();
    let mut form = knock.reopen(&replica, &me(), at("2026-11-20T12:00:00Z")).unwrap();
    form.set_time(Some(Earlier { on: day("2026-11-20"), at: NaiveTime::from_hms_opt(17, 20, 0) }));
    let came: Vec<_> = only(&form, &replica).participants.into_iter().map(|p| p.user).collect();
    assert_eq!(came, [Some(LI)]);
}

#[test]
fn an_absence_known_since_is_no_part_of_the_visit() {
    let mut form = routine(&phone(None));
    meet(&mut form, &Relation::PaternalGrandparent);
    let mut replica = phone(None);
    let new = write(&form, &replica, friday());
    replica.record(new, friday()).unwrap();
    let spell = Spell { first_absent_on: day("2026-11-19"), entry: EntryId(Uuid::nil()) };
    know(&mut replica, AYGUL, |state| state.absence = Some(spell));
    let (before, entries) = before_and_after(&replica, "2026-11-20T13:00:00Z");
    assert_eq!(visits(&entries), before);
}

#[test]
fn a_child_who_came_back_since_keeps_what_was_said_then() {
    let mut replica = absent();
    let mut form = routine(&replica);
    meet(&mut form, &Relation::PaternalGrandparent);
    child(&mut form, AYGUL).whereabouts = Some(Whereabouts::Relatives);
    child(&mut form, AYGUL).toggle_cause(&Cause::Work);
    let new = write(&form, &replica, friday());
    replica.record(new, friday()).unwrap();
    know(&mut replica, AYGUL, |state| state.absence = None);
    let (before, entries) = before_and_after(&replica, "2026-11-20T13:00:00Z");
    assert_eq!(before[0].1.whereabouts, Some(Whereabouts::Relatives));
    assert_eq!(visits(&entries), before);
}

#[test]
fn who_left_the_household_in_the_file_since_stays_in_the_visit() {
    let mut replica = written(&full());
    let file = replica.caseload.files.get_mut(&AYGUL).unwrap();
    file.student.siblings.retain(|s| s.student != SISTER);
    know(&mut replica, AYGUL, |state| state.basics.as_mut().unwrap().guardians.clear());
    let (before, entries) = before_and_after(&replica, "2026-11-20T13:00:00Z");
    assert_eq!(visits(&entries), before);
    assert_eq!(entries.len(), 2, "nothing is taken back and the sighting stands");
}

#[test]
fn an_attitude_that_only_followed_is_not_said_when_somebody_was_there_after_all() {
    let mut form = knocking(&absent());
    form.set_nobody(true);
    form.nobody = Some(Nobody { outcome: Some(Outcome::NotHome), left_note: false, asked_neighbour: false });
    let replica = written(&form);
    let mut form = Knock::find(KNOCK, &replica, &me()).unwrap().reopen(&replica, &me(), friday()).unwrap();
    form.set_nobody(false);
    meet(&mut form, &Relation::PaternalGrandparent);
    assert_eq!(only(&form, &replica).guardian_attitude, None);
}

#[test]
fn nobody_home_comes_back_as_it_was() {
    let mut form = knocking(&absent());
    form.set_nobody(true);
    form.nobody = Some(Nobody { outcome: Some(Outcome::Moved), left_note: false, asked_neighbour: true });
    let replica = written(&form);
    let reopened = Knock::find(KNOCK, &replica, &me()).unwrap().reopen(&replica, &me(), friday()).unwrap();
    assert_eq!(reopened.nobody, form.nobody);
    assert_eq!(only(&reopened, &replica), visits(&write(&form, &absent(), friday()))[0].1);
}

#[test]
fn the_wrong_child_is_taken_back_and_the_right_one_written() {
    let replica = written(&door_knock(&absent()));
    let mut form = Knock::find(KNOCK, &replica, &me()).unwrap().reopen(&replica, &me(), friday()).unwrap();
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
    let mut form = Knock::find(KNOCK, &replica, &me()).unwrap().reopen(&replica, &me(), friday()).unwrap();
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
    assert_eq!(taken.len(), 3);
    // Another school's teacher was told of a brother at this door: not seen after all.
    let Some((subject, Some(seen), Body::Sighting(unseen))) = taken.last() else { panic!("{taken:?}") };
    assert_eq!((*subject, *seen), (Subject::Student(BROTHER), knock.sightings[0].1));
    assert!(!unseen.seen);
    let new = taken.into_iter().zip(1..).map(|((subject, supersedes, body), n)| NewEntry {
        id: EntryId(id(7000 + n)),
        subject,
        knock: Some(KNOCK),
        supersedes,
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
    let seen = SeenEntry { entry: mine, author: GULNAR, author_name: String::new(), received_at: friday() };
    replica.caseload.files.get_mut(&AYGUL).unwrap().entries.push(seen);
    assert!(Knock::find(KNOCK, &replica, &me()).is_none());
}
