//! What follows from the village's word: lines beside the file, and duties of the office and the author.

use super::*;

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
