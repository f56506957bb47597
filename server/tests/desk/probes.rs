//! Each role asks each function for all there is: no byte comes back of what the role may not have.

use crate::children::*;
use crate::common::*;
use crate::lists::{texts_of, workbook};
use crate::world::*;
use app::desk::source::addresses;
use axum::http::Method;
use serde_json::json;

/// Everything one person gets when they ask for everything.
async fn all(world: &World, phone: &str) -> String {
    let mut desk = world.desk(phone).await;
    let mut told = String::new();
    for (function, arguments) in [
        ("begin", json!({})),
        ("visits", json!({"asked": {}})),
        ("villages", json!({})),
        ("students", json!({"asked": {}})),
        ("duties", json!({"page": 0})),
        ("reports", json!({"page": 0})),
        ("visit", json!({"entry": world.door_knock})),
        ("visit", json!({"entry": world.home_visit})),
        ("kept", json!({"entry": world.home_visit})),
        ("student", json!({"id": girl()})),
        ("student", json!({"id": boy()})),
    ] {
        let answer = ask(&mut desk, function, arguments).await;
        assert!(matches!(answer.status, 200 | 404), "{phone} {function}: {answer}");
        told.push_str(&answer.text());
    }
    told.push_str(&texts_of(&workbook(&mut desk, json!({})).await));
    told
}

#[tokio::test]
async fn nobody_is_told_what_is_not_theirs() {
    let world = World::new().await;
    let mut office = world.desk(OFFICE).await;
    let said = json!({"entry": world.door_knock, "verdict": "PLEASE_ADD", "words": PLEASE_ADD});
    get(&mut office, "review", said).await;

    let school = [TEACHER, GRADE_HEAD, OFFICE, PRINCIPAL];
    let with = |more: &[&'static str]| [&school[..], more].concat();
    let children = with(&[SUBJECT_TEACHER, TOWNSHIP_OFFICER, COUNTY_OFFICER]);
    let table: [(&str, Vec<&str>); 8] = [
        ("阿依古丽·艾力甲", children),
        // The boy's matter is not open.
        ("袁小军", with(&[SUBJECT_TEACHER])),
        // A number is for those who are to call: not for who teaches a subject and was never there.
        ("14400000077", with(&[TOWNSHIP_OFFICER])),
        (AT_THE_DOOR, with(&[TOWNSHIP_OFFICER, COUNTY_OFFICER])),
        (AT_HOME, school.to_vec()),
        (PLEASE_ADD, school.to_vec()),
        (OTHER_NUMBER, school.to_vec()),
        (REPORTED, vec![PRINCIPAL, DESIGNATED]),
    ];
    for (phone, role, _) in EVERYBODY {
        let told = all(&world, phone).await;
        for (words, readers) in &table {
            assert_eq!(told.contains(words), readers.contains(&phone), "{role:?} {phone}: {words}");
        }
    }
}

#[tokio::test]
async fn a_report_changes_no_byte_of_other_desks() {
    let world = World::new().await;
    let told = |answer: String| {
        // The moment of the answer is the one thing that differs between two questions.
        let moment = answer.find("\"as_of\"").map_or(answer.len(), |at| at);
        answer[..moment].to_owned()
    };
    let mut before = Vec::new();
    for phone in [OFFICE, GRADE_HEAD, SUBJECT_TEACHER] {
        let mut desk = world.desk(phone).await;
        before.push(told(ask(&mut desk, "student", json!({"id": girl()})).await.text()));
    }
    let mut world = world;
    world.teacher.write(
        domain::entry::Subject::Student(girl()),
        domain::entry::Body::SafeguardingReport(domain::safeguarding::SafeguardingReport {
            what: REPORTED.into(),
            noticed_at: crate::phone::now(),
            place: None,
            reported_to: Vec::new(),
            receipt: None,
        }),
    );
    world.teacher.sync().await;
    for (phone, before) in [OFFICE, GRADE_HEAD, SUBJECT_TEACHER].into_iter().zip(before) {
        let mut desk = world.desk(phone).await;
        let after = told(ask(&mut desk, "student", json!({"id": girl()})).await.text());
        assert_eq!(before, after, "{phone}");
    }
}

#[tokio::test]
async fn only_the_office_decides() {
    let world = World::new().await;
    for (phone, role, _) in EVERYBODY.into_iter().filter(|(phone, ..)| *phone != OFFICE) {
        let mut desk = world.desk(phone).await;
        let review = json!({"entry": world.door_knock, "verdict": "SEEN", "words": null});
        let decide = json!({"student": girl(), "field": "phone", "value": OTHER_NUMBER});
        for (function, arguments) in [("review", review), ("decide", decide)] {
            let answer = ask(&mut desk, function, arguments).await;
            assert!(matches!(answer.status, 403 | 404 | 422), "{role:?} {function}: {answer}");
        }
    }
    let stored = "SELECT count(*) FROM entry WHERE kind = 'REVIEW'
        OR kind = 'REGISTER' AND raw::jsonb -> 'body' ->> 'source' = 'DECISION'";
    assert_eq!(world.app.count(stored).await, 0);
    assert_eq!(world.app.count("SELECT count(*) FROM quarantine").await, 0);
}

#[tokio::test]
async fn functions_answer_to_post_and_to_who_is_signed_in() {
    let world = World::new().await;
    let mut desk = world.desk(OFFICE).await;
    let mut stranger = world.app.anonymous();
    let all = addresses();
    assert!(all.len() >= 11);
    for (address, method) in all {
        assert_eq!(method, Method::POST, "{address}");
        assert_eq!(desk.get(address).await.status, 405, "{address}");
        assert_eq!(desk.send(Method::PUT, address, Some(b"{}".to_vec())).await.status, 405, "{address}");
        assert_eq!(stranger.post(address, json!({})).await.code(), "SESSION_EXPIRED", "{address}");
    }
}

#[tokio::test]
async fn what_is_no_question_gets_no_answer() {
    let world = World::new().await;
    let mut desk = world.desk(OFFICE).await;
    assert_eq!(ask(&mut desk, "songs", json!({})).await.status, 404);
    let answer = ask(&mut desk, "visit", json!({"entry": "阿依古丽"})).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "MALFORMED"));
    assert!(!answer.text().contains("阿依古丽"), "{answer}");
    let answer = ask(&mut desk, "visit", json!({"entry": uuid::Uuid::new_v4()})).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"));
    assert!(!answer.header("x-request-id").is_empty());
}
