//! The village's answer without an account.

use crate::children::*;
use crate::common::*;
use crate::phone::{Phone, now};
use domain::confirmation::{Projection, Standing};
use domain::entry::{Body, Subject};
use domain::ids::KnockId;
use domain::policy::Policy;
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

async fn world() -> (TestApp, Phone) {
    let app = TestApp::new().await;
    enrol(&app).await;
    let mut teacher = Phone::of(&app, TEACHER).await;
    teacher.sync().await;
    (app, teacher)
}

fn knock() -> KnockId {
    KnockId(Uuid::from_u128(0xabc))
}

fn posted(shown: &str) -> Value {
    json!({"id": Uuid::new_v4(), "knock": knock(), "secret": domain::hex(&secret().0), "shown": shown,
        "village": "990101100205", "result": "CONFIRMED", "role": "SECRETARY"})
}

fn with(base: &Value, changes: &[(&str, Value)]) -> Value {
    let mut changed = base.clone();
    for (key, value) in changes {
        changed[*key] = value.clone();
    }
    changed
}

#[rstest]
#[case::visit_first(true)]
#[case::answer_first(false)]
#[tokio::test]
async fn whoever_holds_the_code_answers_once(#[case] visit_first: bool) {
    let (app, mut teacher) = world().await;
    let visit = knock_on_door(TEACHER, now());
    let answer = posted(&Projection::of(knock(), &visit).mark());
    teacher.write_at_door(Subject::Student(girl()), knock(), Body::Visit(visit));
    let mut anybody = app.anonymous();
    if visit_first {
        teacher.sync().await;
    }
    let reply = anybody.post("/api/v1/answer", answer.clone()).await;
    assert_eq!((reply.status, reply.text().as_str()), (204, ""), "{reply}");
    // The reply was lost.
    assert_eq!(anybody.post("/api/v1/answer", answer.clone()).await.status, 204);
    let second = with(&answer, &[("id", json!(Uuid::new_v4()))]);
    let refused = anybody.post("/api/v1/answer", second).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "ANSWER_ALREADY"));
    teacher.sync().await;
    let line = teacher.file(girl()).student.state.visits[0].clone();
    assert_eq!(line.standing(&Policy::default()), Standing::Confirmed);
    assert_eq!((line.answers.len(), line.answers[0].strength.code()), (1, "BY_CODE"));
    assert_eq!(line.answers[0].user, None);

    let better = [
        ("id", json!(Uuid::new_v4())),
        ("supersedes", answer["id"].clone()),
        ("result", json!("CORRECTED")),
        ("discrepancies", json!(["CHILD_AWAY"])),
    ];
    let reply = anybody.post("/api/v1/answer", with(&answer, &better)).await;
    assert_eq!(reply.status, 204, "{reply}");
    teacher.sync().await;
    let line = teacher.file(girl()).student.state.visits[0].clone();
    assert_eq!((line.standing(&Policy::default()), line.answers.len()), (Standing::Corrected, 1));
}

#[tokio::test]
async fn the_reply_tells_nothing() {
    let (app, mut teacher) = world().await;
    let visit = knock_on_door(TEACHER, now());
    let answer = posted(&Projection::of(knock(), &visit).mark());
    teacher.write_at_door(Subject::Student(girl()), knock(), Body::Visit(visit));
    teacher.sync().await;
    let wrong_secret = with(&answer, &[("id", json!(Uuid::new_v4())), ("secret", json!("00".repeat(8)))]);
    let unknown_knock = with(&answer, &[("id", json!(Uuid::new_v4())), ("knock", json!(Uuid::new_v4()))]);
    let other_village = with(&answer, &[("id", json!(Uuid::new_v4())), ("village", json!("990101100206"))]);
    let no_village = with(&answer, &[("id", json!(Uuid::new_v4())), ("village", json!("990101100999"))]);
    let no_county = with(&answer, &[("id", json!(Uuid::new_v4())), ("village", json!("990102100999"))]);
    let mut replies = Vec::new();
    for body in [wrong_secret, unknown_knock, other_village, no_village, no_county, answer] {
        let reply = app.anonymous().post("/api/v1/answer", body).await;
        replies.push((reply.status, reply.text(), reply.headers.len()));
    }
    replies.dedup();
    assert_eq!(replies.len(), 1, "{replies:?}");
    assert_eq!(app.count("SELECT count(*) FROM village_answer WHERE matched").await, 1);
    let reply = app.anonymous().get("/api/v1/answer").await;
    assert_eq!(reply.status, 405);
}

#[tokio::test]
async fn a_code_expires_by_policy() {
    let (app, mut teacher) = world().await;
    let visit = knock_on_door(TEACHER, now() - chrono::Duration::days(20));
    let answer = posted(&Projection::of(knock(), &visit).mark());
    // Before the visit is known nobody can say; it will not count all the same.
    let early = with(&answer, &[("id", json!(Uuid::new_v4())), ("role", json!("HEAD"))]);
    assert_eq!(app.anonymous().post("/api/v1/answer", early.clone()).await.status, 204);
    teacher.write_at_door(Subject::Student(girl()), knock(), Body::Visit(visit));
    teacher.sync().await;
    let reply =
        app.anonymous().post("/api/v1/answer", with(&answer, &[("supersedes", early["id"].clone())])).await;
    assert_eq!((reply.status, reply.code().as_str()), (410, "ANSWER_EXPIRED"));
    assert!(teacher.file(girl()).student.state.visits[0].answers.is_empty());
}

#[tokio::test]
async fn a_school_may_let_its_codes_live_longer() {
    let (app, mut teacher) = world().await;
    let mut tx = app.state.database.registrar(county()).await.unwrap();
    sqlx::query("INSERT INTO policy (county, school, version, valid_from, body) VALUES ($1, $2, 1, '2020-01-01', $3)")
        .bind(county().0)
        .bind(school().0)
        .bind(json!({"answer_expires_days": 30}))
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let visit = knock_on_door(TEACHER, now() - chrono::Duration::days(20));
    let answer = posted(&Projection::of(knock(), &visit).mark());
    teacher.write_at_door(Subject::Student(girl()), knock(), Body::Visit(visit));
    teacher.sync().await;
    assert_eq!(app.anonymous().post("/api/v1/answer", answer).await.status, 204);
    teacher.sync().await;
    assert_eq!(teacher.file(girl()).student.state.visits[0].answers.len(), 1);
}

#[tokio::test]
async fn what_is_no_answer_goes_back() {
    let (app, _) = world().await;
    let good = posted("a0a0a0a0a0a0a0a0");
    for (changes, status) in [
        (("secret", json!("xyz")), 422),
        (("village", json!("99")), 400),
        (("village", json!("九九〇一〇一")), 400),
        (("result", json!("CORRECTED")), 422),
        (("comment", json!("a\u{0}b")), 422),
        (("comment", json!("长".repeat(501))), 422),
        (("comment", json!("长".repeat(5000))), 413),
        (("knock", json!("none")), 400),
    ] {
        let reply = app.anonymous().post("/api/v1/answer", with(&good, std::slice::from_ref(&changes))).await;
        assert_eq!(reply.status, status, "{changes:?} {reply}");
    }
    assert_eq!(app.count("SELECT count(*) FROM village_answer").await, 0);
}

#[tokio::test]
async fn answers_are_throttled_per_knock() {
    let (app, _) = world().await;
    let mut statuses = Vec::new();
    for _ in 0..12 {
        let guess = with(
            &posted("a0a0a0a0a0a0a0a0"),
            &[("secret", json!(domain::hex(&Uuid::new_v4().as_bytes()[..8])))],
        );
        statuses.push(app.anonymous().post("/api/v1/answer", guess).await.status);
    }
    assert_eq!(statuses, [vec![204; 10], vec![429; 2]].concat());
}
