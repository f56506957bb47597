//! Which entries may stand: the rules of `judge`, one by one.

use super::reports::handled;
use super::*;

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
