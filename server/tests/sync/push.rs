//! What is pushed stands once, in order, and nothing blocks what comes after it.

use crate::children::*;
use crate::common::*;
use crate::phone::{Phone, now};
use axum::http::Method;
use domain::entry::{Body, Subject};
use domain::ids::{EntryId, KnockId, WriterId};
use domain::review::{Review, Verdict};
use domain::sync::{NewEntry, Progress};
use domain::visit::Withdrawal;
use serde_json::{Value, json};
use uuid::Uuid;

async fn world() -> (TestApp, Phone) {
    let app = TestApp::new().await;
    enrol(&app).await;
    let mut teacher = Phone::of(&app, TEACHER).await;
    teacher.sync().await;
    (app, teacher)
}

fn visit_of(phone: &mut Phone, student: domain::ids::StudentId) -> EntryId {
    let visit = home_visit(TEACHER, now());
    phone.write_at_door(Subject::Student(student), KnockId(Uuid::new_v4()), Body::Visit(visit))
}

async fn visits(app: &TestApp) -> i64 {
    app.count("SELECT count(*) FROM visit").await
}

#[tokio::test]
async fn a_visit_goes_up_and_comes_back() {
    let (app, mut teacher) = world().await;
    assert!(
        teacher.sees(girl()) && teacher.sees(boy()) && !teacher.sees(other()) && !teacher.sees(brother())
    );
    assert_eq!(teacher.file(girl()).student.siblings[0].name, "买买提");
    assert_eq!(teacher.file(girl()).student.siblings[0].class, "示例小学三年级");
    assert_eq!(teacher.file(girl()).student.initials, "ayglalj");
    assert_eq!(teacher.owed(), ["TERM_VISIT", "TERM_VISIT"]);

    let id = visit_of(&mut teacher, girl());
    teacher.sync().await;
    assert!(teacher.accepted(id), "{:?}", teacher.progress(id));
    let file = teacher.file(girl());
    assert_eq!(file.entries.last().unwrap().entry.id, id);
    assert_eq!(file.student.state.visits[0].entry, id);
    assert_eq!(teacher.owed(), ["TERM_VISIT"]);

    let mut office = Phone::of(&app, OFFICE).await;
    office.sync().await;
    assert!(office.sees(other()));
    assert_eq!(office.file(girl()).entries.last().unwrap().author, user(TEACHER));
    assert_eq!(visits(&app).await, 1);
}

#[tokio::test]
async fn a_lost_reply_and_a_second_sending_change_nothing() {
    let (app, mut teacher) = world().await;
    let id = visit_of(&mut teacher, girl());
    let first = teacher.ask().await.json();
    let second = teacher.ask().await.json();
    assert_eq!(first["receipts"], second["receipts"]);
    assert_eq!(first["receipts"][0]["answer"], "accepted");
    teacher.sync().await;
    assert!(teacher.accepted(id));
    assert_eq!(visits(&app).await, 1);
    assert_eq!(
        app.count("SELECT count(*) FROM received WHERE seq = 1 AND answer->>'answer' = 'accepted'").await,
        3
    );
}

#[tokio::test]
async fn two_tabs_at_once_change_nothing_twice() {
    let (app, mut teacher) = world().await;
    visit_of(&mut teacher, girl());
    let body = serde_json::to_vec(&teacher.replica.request("")).unwrap();
    let tabs: Vec<_> = (0..8)
        .map(|_| {
            let (mut client, body) = (teacher.client.clone(), body.clone());
            tokio::spawn(async move { client.send(Method::POST, "/api/v1/sync", Some(body)).await.json() })
        })
        .collect();
    let mut receipts = Vec::new();
    for tab in tabs {
        receipts.push(tab.await.unwrap()["receipts"].clone());
    }
    receipts.dedup();
    assert_eq!(receipts.len(), 1);
    assert_eq!(visits(&app).await, 1);
}

#[tokio::test]
async fn a_gap_is_asked_for_and_nothing_after_it_counts() {
    let (app, mut teacher) = world().await;
    for _ in 0..3 {
        visit_of(&mut teacher, girl());
    }
    let mut request = teacher.request();
    request["entries"].as_array_mut().unwrap().remove(1);
    let answer = teacher.client.post("/api/v1/sync", request).await.json();
    assert_eq!(answer["expected_seq"], 2);
    assert_eq!(answer["receipts"].as_array().unwrap().len(), 1);
    assert_eq!(visits(&app).await, 1);
    teacher.sync().await;
    assert_eq!(visits(&app).await, 3);
}

#[tokio::test]
async fn a_cloned_phone_is_told_to_become_another_writer() {
    let (app, mut teacher) = world().await;
    let mut clone = teacher.replica.clone();
    visit_of(&mut teacher, girl());
    teacher.sync().await;

    std::mem::swap(&mut teacher.replica, &mut clone);
    let id = visit_of(&mut teacher, boy());
    let answer = teacher.ask().await.json();
    assert_eq!((answer["forked"].clone(), answer["receipts"].clone()), (json!(true), json!([])));
    teacher.sync().await;
    assert!(teacher.accepted(id));
    assert_eq!(visits(&app).await, 2);
    let writers =
        "SELECT count(*) FROM writer w JOIN account a ON a.id = w.user_id WHERE a.phone = '14400000002'";
    assert_eq!(app.count(writers).await, 2);
}

#[tokio::test]
async fn a_writer_is_one_persons() {
    let (app, teacher) = world().await;
    let mut thief = Phone::of(&app, OTHER_TEACHER).await;
    thief.replica.writer = teacher.replica.writer;
    let mut owner = teacher;
    visit_of(&mut owner, girl());
    owner.sync().await;
    thief.write(Subject::Student(other()), absence(1));
    assert_eq!(thief.ask().await.json()["forked"], true);
    assert_eq!(app.count("SELECT count(*) FROM entry WHERE kind = 'ABSENCE'").await, 0);
}

#[tokio::test]
async fn what_arrived_under_an_older_number_is_recognised_by_its_id() {
    let (app, mut teacher) = world().await;
    let id = visit_of(&mut teacher, girl());
    let lost = teacher.ask().await.json();
    teacher.replica.fork(WriterId(Uuid::new_v4())).unwrap();
    teacher.sync().await;
    let Progress::Accepted { number, .. } = teacher.progress(id) else {
        panic!("{:?}", teacher.progress(id))
    };
    assert_eq!(lost["receipts"][0]["number"], *number);
    assert_eq!(visits(&app).await, 1);
}

#[tokio::test]
async fn one_id_with_other_words_goes_back() {
    let (app, mut teacher) = world().await;
    let id = visit_of(&mut teacher, girl());
    teacher.sync().await;
    teacher.replica.fork(WriterId(Uuid::new_v4())).unwrap();
    teacher.replica.outbox.clear();
    let again = NewEntry {
        id,
        subject: Subject::Student(boy()),
        knock: None,
        supersedes: None,
        body: absence(1),
        label: String::new(),
    };
    teacher.write_whole(again);
    teacher.sync().await;
    assert_eq!(teacher.refused(id), ["ID_TAKEN"]);
    assert_eq!(app.count("SELECT count(*) FROM entry WHERE kind = 'ABSENCE'").await, 0);
}

#[tokio::test]
async fn a_poisoned_entry_goes_back_and_the_others_are_taken() {
    let (app, mut teacher) = world().await;
    let before = visit_of(&mut teacher, girl());
    let mut visit = home_visit(TEACHER, now());
    // Postgres has no text with a zero byte.
    visit.household = "阿依\0古丽家".into();
    let knock = KnockId(Uuid::new_v4());
    let poisoned = teacher.write_at_door(Subject::Student(girl()), knock, Body::Visit(visit));
    let after = visit_of(&mut teacher, boy());
    teacher.sync().await;
    assert!(teacher.accepted(before) && teacher.accepted(after));
    assert_eq!(teacher.refused(poisoned), ["CANNOT_BE_STORED"]);
    assert_eq!(visits(&app).await, 2);
    assert_eq!(app.count("SELECT max(last_seq) FROM writer").await, 3);
}

#[tokio::test]
async fn what_cannot_be_read_consumes_its_number() {
    let (app, mut teacher) = world().await;
    let mut request = teacher.request();
    let entry = |seq: u64, kind: &str, body: Value| {
        json!({"id": Uuid::now_v7(), "subject": {"student": girl()}, "recorded_at": now(),
            "writer": teacher.replica.writer, "seq": seq, "kind": kind, "v": 1, "body": body})
    };
    request["entries"] = json!([
        entry(1, "ABSENCE", json!({"first_absent_on": "soon"})),
        entry(2, "SONG", json!({"la": "la"})),
        entry(3, "ABSENCE", json!({"first_absent_on": "2026-11-18"})),
    ]);
    let answer = teacher.client.post("/api/v1/sync", request).await.json();
    let answers: Vec<_> =
        answer["receipts"].as_array().unwrap().iter().map(|r| r["answer"].clone()).collect();
    assert_eq!(answers, ["refused", "quarantined", "accepted"]);
    assert_eq!(app.count("SELECT count(*) FROM quarantine WHERE kind = 'SONG' AND raw LIKE '%la%'").await, 1);
}

#[tokio::test]
async fn requests_that_are_none_are_told_so() {
    let (app, mut teacher) = world().await;
    let mut newer = teacher.request();
    newer["protocol"] = json!(2);
    let mut headless = teacher.request();
    headless["entries"] = json!([{"kind": "VISIT"}]);
    let mut many = teacher.request();
    many["entries"] = json!(vec![json!({"id": Uuid::now_v7(), "seq": 1}); 51]);
    for (body, expect) in [(newer, 400), (headless, 400), (many, 413), (json!({}), 400)] {
        let answer = teacher.client.post("/api/v1/sync", body).await;
        assert_eq!(answer.status, expect, "{answer}");
        assert!(!answer.json()["message"].as_str().unwrap().is_empty());
    }
    let answer = app.anonymous().post("/api/v1/sync", teacher.request()).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "SESSION_EXPIRED"));
}

#[tokio::test]
async fn a_refused_entry_is_mended_and_sent() {
    let (app, mut teacher) = world().await;
    let mut visit = home_visit(TEACHER, now());
    visit.purposes.clear();
    let knock = KnockId(Uuid::new_v4());
    let refused = teacher.write_at_door(Subject::Student(girl()), knock, Body::Visit(visit));
    teacher.sync().await;
    assert_eq!(teacher.refused(refused), ["REQUIRED"]);
    let mended = visit_of(&mut teacher, girl());
    teacher.replica.settle(refused);
    teacher.sync().await;
    assert!(teacher.accepted(mended));
    assert_eq!(visits(&app).await, 1);
}

#[tokio::test]
async fn a_visit_to_the_wrong_child_counts_for_nothing() {
    let (app, mut teacher) = world().await;
    let wrong = visit_of(&mut teacher, girl());
    teacher.sync().await;
    let withdrawal = Body::Withdrawal(Withdrawal { of: wrong, why: None });
    teacher.write(Subject::Student(girl()), withdrawal);
    teacher.sync().await;
    assert!(teacher.file(girl()).student.state.visits.is_empty());
    assert_eq!(teacher.owed(), ["TERM_VISIT", "TERM_VISIT"]);
    assert_eq!(app.count("SELECT count(*) FROM visit WHERE withdrawn").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM entry WHERE kind = 'VISIT'").await, 1);
}

#[tokio::test]
async fn the_office_asks_for_a_little_more_and_gets_it() {
    let (app, mut teacher) = world().await;
    let visit = visit_of(&mut teacher, girl());
    teacher.sync().await;
    let mut office = Phone::of(&app, OFFICE).await;
    office.sync().await;
    let review = Review { of: visit, verdict: Verdict::PleaseAdd, words: Some("见到的是谁".into()) };
    office.write(Subject::Student(girl()), Body::Review(review));
    office.sync().await;
    teacher.sync().await;
    assert_eq!(teacher.owed(), ["PLEASE_ADD", "TERM_VISIT"]);
    assert_eq!(app.count("SELECT count(*) FROM visit WHERE review = 'PLEASE_ADD'").await, 1);

    let supplement =
        domain::visit::Supplement { visit: Some(visit), family: Some("奶奶".into()), ..Default::default() };
    let supplement = teacher.write(Subject::Student(girl()), Body::Supplement(supplement));
    teacher.sync().await;
    assert!(teacher.accepted(supplement), "{:?}", teacher.progress(supplement));
    assert_eq!(teacher.owed(), ["TERM_VISIT"]);
    assert_eq!(app.count("SELECT count(*) FROM visit WHERE supplemented").await, 1);
}

#[tokio::test]
async fn the_chain_holds_over_taken_refused_and_kept() {
    let (app, mut teacher) = world().await;
    visit_of(&mut teacher, girl());
    teacher.write(
        Subject::Student(girl()),
        Body::Withdrawal(Withdrawal { of: EntryId(Uuid::new_v4()), why: None }),
    );
    teacher.write(Subject::Student(other()), absence(1));
    teacher.sync().await;
    let check = || async {
        let mut tx = app.state.database.applier(county(), user(TEACHER)).await.unwrap();
        let mut breaks = Vec::new();
        server::verify::walk(&mut tx, county(), &mut breaks).await.unwrap();
        breaks
    };
    assert_eq!(check().await, []);
    app.force("UPDATE entry SET raw = replace(raw, '奶奶', '爷爷') WHERE kind = 'VISIT'").await;
    assert_eq!(check().await.len(), 1);
}
