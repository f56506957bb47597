//! 单独上报: who may write it and what was done about it, and that it changes nothing else.

use super::*;

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

pub(crate) fn handled(done: &str) -> Body {
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
    let known = |kind| Known { author, kind: Some(kind), subject: case.entry.subject, signed_in: false };
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
