//! The village's answers, in whatever order they and their visits arrive.

use crate::children::*;
use crate::common::*;
use crate::phone::{Phone, now};
use domain::calendar::local_date;
use domain::confirmation::{Dispute, Projection, Proof, Seal, Standing, Told, VillageNote};
use domain::entry::{Body, Subject};
use domain::ids::{EntryId, KnockId, StudentId};
use domain::policy::Policy;
use domain::sync::{NewEntry, Progress};
use domain::visit::Visit;
use domain::vocabulary::{ConfirmationResult, Discrepancy, Outcome};
use rstest::rstest;
use uuid::Uuid;

async fn world() -> (TestApp, Phone, Phone) {
    let app = TestApp::new().await;
    enrol(&app).await;
    let mut teacher = Phone::of(&app, TEACHER).await;
    teacher.sync().await;
    let mut cadre = Phone::of(&app, CADRE).await;
    cadre.sync().await;
    (app, teacher, cadre)
}

fn knock() -> KnockId {
    KnockId(Uuid::from_u128(0xabc))
}

fn visited(teacher: &mut Phone, student: StudentId, visit: Visit) -> EntryId {
    teacher.write_at_door(Subject::Student(student), knock(), Body::Visit(visit))
}

fn answered(cadre: &mut Phone, proof: Proof, visit: &Visit) -> EntryId {
    let shown = Projection::of(knock(), visit).mark();
    let body = Body::Confirmation(confirmation(proof, Some(shown)));
    cadre.write_at_door(Subject::Village(village()), knock(), body)
}

fn standing(phone: &Phone, student: StudentId) -> Standing {
    phone.file(student).student.state.visits.last().unwrap().standing(&Policy::default())
}

#[rstest]
#[case::visit_first(true)]
#[case::answer_first(false)]
#[tokio::test]
async fn either_may_arrive_first(#[case] visit_first: bool) {
    let (app, mut teacher, mut cadre) = world().await;
    let visit = knock_on_door(TEACHER, now());
    visited(&mut teacher, girl(), visit.clone());
    visited(&mut teacher, boy(), visit.clone());
    let answer = answered(&mut cadre, by_secret(), &visit);
    for phone in if visit_first { [&mut teacher, &mut cadre] } else { [&mut cadre, &mut teacher] } {
        phone.sync().await;
    }
    assert!(cadre.accepted(answer), "{:?}", cadre.progress(answer));
    teacher.sync().await;
    for child in [girl(), boy()] {
        assert_eq!(standing(&teacher, child), Standing::Confirmed);
    }
    let line = &teacher.file(girl()).student.state.visits[0];
    assert_eq!(line.answers[0].name.as_deref(), Some("吐尔逊·示例"));
    assert_eq!(line.answers[0].user, Some(user(CADRE)));
    assert_eq!(app.count("SELECT count(*) FROM visit WHERE standing = 'CONFIRMED'").await, 2);
    cadre.sync().await;
    let cards: Vec<_> = cadre.replica.caseload.cards.values().collect();
    assert_eq!(cards.len(), 2);
    assert!(cards.iter().all(|c| c.asked.as_ref().unwrap().standing == Standing::Confirmed));
}

#[tokio::test]
async fn both_arriving_at_once_still_find_each_other() {
    let (app, mut teacher, mut cadre) = world().await;
    for n in 0..12 {
        let knock = KnockId(Uuid::from_u128(1000 + n));
        let visit = knock_on_door(TEACHER, now());
        let shown = Some(Projection::of(knock, &visit).mark());
        teacher.write_at_door(Subject::Student(girl()), knock, Body::Visit(visit));
        let answer = Body::Confirmation(confirmation(by_secret(), shown));
        cadre.write_at_door(Subject::Village(village()), knock, answer);
        let (one, two) = tokio::join!(teacher.ask(), cadre.ask());
        assert_eq!((one.status, two.status), (200, 200));
        teacher.sync().await;
        cadre.sync().await;
    }
    assert_eq!(app.count("SELECT count(*) FROM village_answer WHERE matched").await, 12);
    assert_eq!(app.count("SELECT count(*) FROM visit WHERE standing = 'CONFIRMED'").await, 12);
}

#[tokio::test]
async fn a_siblings_visit_that_comes_later_finds_the_answer_too() {
    let (_app, mut teacher, mut cadre) = world().await;
    let visit = knock_on_door(TEACHER, now());
    visited(&mut teacher, girl(), visit.clone());
    answered(&mut cadre, by_secret(), &visit);
    teacher.sync().await;
    cadre.sync().await;
    visited(&mut teacher, boy(), visit);
    teacher.sync().await;
    assert_eq!(standing(&teacher, boy()), Standing::Confirmed);
}

#[tokio::test]
async fn a_typed_code_is_matched_by_village_and_day() {
    let (app, mut teacher, mut cadre) = world().await;
    let code = Proof::Code(Seal::of(&secret()).code);
    let typed = cadre.write(Subject::Village(village()), Body::Confirmation(confirmation(code, None)));
    cadre.sync().await;
    assert!(cadre.accepted(typed));
    // Too long ago, then yesterday.
    visited(&mut teacher, girl(), knock_on_door(TEACHER, now() - chrono::Duration::days(5)));
    let knock = KnockId(Uuid::new_v4());
    let visit = knock_on_door(TEACHER, now() - chrono::Duration::days(1));
    teacher.write_at_door(Subject::Student(boy()), knock, Body::Visit(visit));
    teacher.sync().await;
    assert_eq!(standing(&teacher, girl()), Standing::Waiting);
    assert_eq!(standing(&teacher, boy()), Standing::Confirmed);
    assert_eq!(app.count("SELECT count(*) FROM village_answer WHERE matched").await, 1);
}

#[tokio::test]
async fn a_wrong_secret_and_a_wrong_village_go_back() {
    let (_app, mut teacher, mut cadre) = world().await;
    let visit = knock_on_door(TEACHER, now());
    visited(&mut teacher, girl(), visit.clone());
    teacher.sync().await;
    let wrong = answered(&mut cadre, Proof::Secret("00".repeat(8)), &visit);
    cadre.sync().await;
    assert_eq!(cadre.refused(wrong), ["DOES_NOT_FIT"]);

    // Of another village, about a knock that was not theirs: not theirs to answer.
    let mut other = Phone::of(&_app, OTHER_CADRE).await;
    let body = Body::Confirmation(confirmation(by_secret(), None));
    let foreign = other.write_at_door(Subject::Village(other_village()), knock(), body);
    other.sync().await;
    assert_eq!(other.refused(foreign), ["DOES_NOT_FIT"]);
    teacher.sync().await;
    assert_eq!(standing(&teacher, girl()), Standing::Waiting);
}

#[tokio::test]
async fn the_wrong_secret_first_waits_for_ever() {
    let (app, mut teacher, mut cadre) = world().await;
    let visit = knock_on_door(TEACHER, now());
    let wrong = answered(&mut cadre, Proof::Secret("00".repeat(8)), &visit);
    cadre.sync().await;
    assert!(cadre.accepted(wrong), "nobody can know yet");
    visited(&mut teacher, girl(), visit);
    teacher.sync().await;
    assert_eq!(standing(&teacher, girl()), Standing::Waiting);
    assert_eq!(app.count("SELECT count(*) FROM village_answer WHERE matched").await, 0);
}

#[tokio::test]
async fn a_second_thought_stands_instead_of_the_first() {
    let (app, mut teacher, mut cadre) = world().await;
    let visit = knock_on_door(TEACHER, now());
    visited(&mut teacher, girl(), visit.clone());
    let first = answered(&mut cadre, by_secret(), &visit);
    teacher.sync().await;
    cadre.sync().await;
    let mut said = confirmation(by_secret(), Some(Projection::of(knock(), &visit).mark()));
    said.result = ConfirmationResult::Corrected;
    said.discrepancies = vec![Discrepancy::ChildAway];
    let second = cadre.write_whole(NewEntry {
        id: EntryId(Uuid::now_v7()),
        subject: Subject::Village(village()),
        knock: Some(knock()),
        supersedes: Some(first),
        body: Body::Confirmation(said),
        label: String::new(),
    });
    cadre.sync().await;
    assert!(cadre.accepted(second), "{:?}", cadre.progress(second));
    teacher.sync().await;
    assert_eq!(standing(&teacher, girl()), Standing::Corrected);
    assert_eq!(teacher.file(girl()).student.state.visits[0].answers.len(), 1);
    assert_eq!(app.count("SELECT count(*) FROM village_answer WHERE gone").await, 1);
}

/// Both phones are his; the second word comes from one whose clock, and so whose ids, are days behind.
#[rstest]
#[case::visit_first(true)]
#[case::answers_first(false)]
#[tokio::test]
async fn the_later_word_stands_whatever_the_phones_clocks_say(#[case] visit_first: bool) {
    let (app, mut teacher, mut cadre) = world().await;
    let visit = knock_on_door(TEACHER, now());
    let shown = Projection::of(knock(), &visit).mark();
    visited(&mut teacher, girl(), visit);
    if visit_first {
        teacher.sync().await;
    }
    let mut behind = Phone::of(&app, CADRE).await;
    let said = [(ConfirmationResult::Corrected, 2, 0), (ConfirmationResult::Confirmed, 1, 5)];
    for (phone, (result, id, days)) in [&mut cadre, &mut behind].into_iter().zip(said) {
        let mut body = confirmation(by_secret(), Some(shown.clone()));
        body.discrepancies = vec![Discrepancy::ChildAway];
        body.result = result;
        let new = NewEntry {
            id: EntryId(Uuid::from_u128(id)),
            subject: Subject::Village(village()),
            knock: Some(knock()),
            supersedes: None,
            body: Body::Confirmation(body),
            label: String::new(),
        };
        phone.replica.record(vec![new], now() - chrono::Duration::days(days)).unwrap();
        phone.sync().await;
    }
    teacher.sync().await;
    assert_eq!(standing(&teacher, girl()), Standing::Confirmed);
    assert_eq!(app.count("SELECT count(*) FROM visit WHERE standing = 'CONFIRMED'").await, 1);
    // A file that is folded anew says the same, and a sibling's visit that comes later.
    app.force("UPDATE student SET fold_version = 0, state = '{\"basics\": null}'").await;
    server::sync::nightly::run(&app.state.database, local_date(now())).await.unwrap();
    let visit = knock_on_door(TEACHER, teacher.file(girl()).student.state.visits[0].started_at);
    visited(&mut teacher, boy(), visit);
    teacher.sync().await;
    assert_eq!(app.count("SELECT count(*) FROM visit WHERE standing = 'CONFIRMED'").await, 2);
}

#[tokio::test]
async fn two_people_of_the_village_are_both_kept() {
    let (_app, mut teacher, mut cadre) = world().await;
    let visit = knock_on_door(TEACHER, now());
    visited(&mut teacher, girl(), visit.clone());
    answered(&mut teacher, Proof::Paper, &visit);
    answered(&mut cadre, Proof::List, &visit);
    teacher.sync().await;
    cadre.sync().await;
    teacher.sync().await;
    let answers = &teacher.file(girl()).student.state.visits[0].answers;
    let strengths: Vec<_> = answers.iter().map(|a| a.strength.code()).collect();
    assert_eq!(strengths, ["ON_PAPER", "SIGNED_IN"]);
}

#[tokio::test]
async fn only_her_own_knock_can_a_teacher_witness() {
    let (app, mut teacher, _) = world().await;
    let visit = knock_on_door(TEACHER, now());
    visited(&mut teacher, girl(), visit.clone());
    teacher.sync().await;
    let mut colleague = Phone::of(&app, OTHER_TEACHER).await;
    let forged = answered(&mut colleague, Proof::TeachersPhone, &visit);
    colleague.sync().await;
    assert_eq!(colleague.refused(forged), ["NOT_YOURS"]);
    // Not with a cadre's means either.
    let posing = answered(&mut teacher, Proof::List, &visit);
    teacher.sync().await;
    assert!(matches!(teacher.progress(posing), Progress::Quarantined { .. }));
    let of_a_school = "SELECT count(*) FROM quarantine WHERE school IS NOT NULL";
    assert_eq!(app.count(of_a_school).await, 1, "the office whose visit it is about decides");
    assert_eq!(standing(&teacher, girl()), Standing::Waiting);
}

#[tokio::test]
async fn an_answer_given_in_his_name_is_disowned() {
    let (app, mut teacher, mut cadre) = world().await;
    let visit = knock_on_door(TEACHER, now());
    visited(&mut teacher, girl(), visit.clone());
    let answer = answered(&mut teacher, Proof::TeachersPhone, &visit);
    teacher.sync().await;
    app.force("UPDATE policy SET body = '{}'").await;
    let dispute = cadre.write(Subject::Village(village()), Body::Dispute(Dispute { of: answer }));
    cadre.sync().await;
    assert!(cadre.accepted(dispute), "{:?}", cadre.progress(dispute));
    teacher.sync().await;
    assert!(teacher.file(girl()).student.state.visits[0].answers[0].disputed);
    assert_eq!(standing(&teacher, girl()), Standing::Waiting);
    let mut office = Phone::of(&app, OFFICE).await;
    office.sync().await;
    assert_eq!(office.owed(), ["DISOWNED"]);
    // Asked again, he answers for himself; then there is nothing to ask about.
    answered(&mut cadre, Proof::List, &visit);
    cadre.sync().await;
    office.sync().await;
    assert_eq!(office.owed(), [""; 0]);
}

#[tokio::test]
async fn a_colleague_in_the_village_does_not_take_a_signed_answer_back() {
    let (app, mut teacher, mut cadre) = world().await;
    let visit = knock_on_door(TEACHER, now());
    visited(&mut teacher, girl(), visit.clone());
    teacher.sync().await;
    let answer = answered(&mut cadre, Proof::List, &visit);
    cadre.sync().await;
    let mut tx = app.state.database.registrar(county()).await.unwrap();
    server::account::grant(&mut tx, county(), user(OTHER_CADRE), &grant(CADRE)).await.unwrap();
    tx.commit().await.unwrap();
    let mut colleague = Phone::of(&app, OTHER_CADRE).await;
    let dispute = colleague.write(Subject::Village(village()), Body::Dispute(Dispute { of: answer }));
    colleague.sync().await;
    assert_eq!(colleague.refused(dispute), ["REFERS_TO_NOTHING_OF_YOURS"]);
    teacher.sync().await;
    assert_eq!(standing(&teacher, girl()), Standing::Confirmed);
    // Whose it is may say that somebody else had his phone.
    let own = cadre.write(Subject::Village(village()), Body::Dispute(Dispute { of: answer }));
    cadre.sync().await;
    assert!(cadre.accepted(own), "{:?}", cadre.progress(own));
}

#[tokio::test]
async fn what_no_office_would_ever_see_goes_back_to_its_author() {
    let (app, ..) = world().await;
    let mut stranger = Phone::of(&app, OTHER_CADRE).await;
    let note = VillageNote { about: None, told: None, words: Some("修路".into()) };
    let said = stranger.write(Subject::Village(village()), Body::VillageNote(note));
    stranger.sync().await;
    assert_eq!(stranger.refused(said), ["NOBODY_TO_ASK"]);
    assert_eq!(app.count("SELECT count(*) FROM quarantine").await, 0);
}

#[tokio::test]
async fn what_the_village_says_of_a_child_reaches_those_who_go_there() {
    let (app, mut teacher, mut cadre) = world().await;
    let mut say = |about, words: &str| {
        let note =
            VillageNote { about: Some(about), told: Some(Told::FamilyAway), words: Some(words.into()) };
        cadre.write(Subject::Village(village()), Body::VillageNote(note))
    };
    let said = [say(girl(), "去浙江了"), say(brother(), "还在")];
    let stranger = say(StudentId(Uuid::from_u128(404)), "不认识");
    cadre.sync().await;
    assert!(said.into_iter().all(|id| cadre.accepted(id)), "{:?}", cadre.progress(said[0]));
    assert_eq!(cadre.refused(stranger), ["NOT_OF_THIS_VILLAGE"]);

    teacher.sync().await;
    let notes = &teacher.file(girl()).student.state.notes;
    let heard: Vec<_> = notes.iter().map(|n| (n.entry, n.told, n.words.as_deref())).collect();
    assert_eq!(heard, [(said[0], Some(Told::FamilyAway), Some("去浙江了"))]);
    assert!(!teacher.owed().is_empty(), "it ends nobody's duty");

    // Not to whom the visits are not shown either, and not to the village's own phones.
    let mut subject_teacher = Phone::of(&app, SUBJECT_TEACHER).await;
    for phone in [&mut subject_teacher, &mut cadre] {
        let whole = phone.ask().await.to_string();
        assert!(!whole.contains("去浙江了"));
    }
}

#[rstest]
#[case::words_outside(|v: &mut Visit| v.remark = Some("写错字".into()), Standing::Confirmed, &["TERM_VISIT"], &[])]
#[case::another_time(|v: &mut Visit| v.started_at -= chrono::Duration::minutes(18), Standing::ChangedAfter, &["ASK_AGAIN", "TERM_VISIT"], &["TIME"])]
#[case::another_result(|v: &mut Visit| { v.outcome = Outcome::NotHome; v.met.clear() }, Standing::ChangedAfter, &["ASK_AGAIN", "TERM_VISIT", "TERM_VISIT"], &["MET", "RESULT"])]
#[tokio::test]
async fn what_was_vouched_for_binds(
    #[case] change: fn(&mut Visit),
    #[case] expect: Standing,
    #[case] owed: &[&str],
    #[case] told: &[&str],
) {
    let (app, mut teacher, mut cadre) = world().await;
    let visit = knock_on_door(TEACHER, now() - chrono::Duration::hours(1));
    let old = visited(&mut teacher, girl(), visit.clone());
    answered(&mut cadre, by_secret(), &visit);
    teacher.sync().await;
    cadre.sync().await;
    let card_before = cadre.replica.caseload.cards.clone();

    let mut corrected = visit;
    change(&mut corrected);
    teacher.write_whole(NewEntry {
        id: EntryId(Uuid::now_v7()),
        subject: Subject::Student(girl()),
        knock: Some(knock()),
        supersedes: Some(old),
        body: Body::Visit(corrected),
        label: String::new(),
    });
    teacher.sync().await;
    assert_eq!(standing(&teacher, girl()), expect);
    assert_eq!(teacher.owed(), owed);
    cadre.sync().await;
    // Words outside leave no trace on the cadre's side.
    assert_eq!(cadre.replica.caseload.cards == card_before, expect == Standing::Confirmed);
    // Words inside are told, each as it was and as it is.
    let asked = cadre.replica.caseload.cards.values().find_map(|card| card.asked.as_ref()).unwrap();
    let changes = serde_json::to_value(&asked.changes).unwrap();
    let what: Vec<_> = changes.as_array().unwrap().iter().map(|c| c["what"].as_str().unwrap()).collect();
    assert_eq!(what, told);
    assert!(changes.as_array().unwrap().iter().all(|c| c["from"] != c["to"]));
    assert_eq!(app.count("SELECT count(*) FROM visit WHERE superseded_by IS NOT NULL").await, 1);
}
