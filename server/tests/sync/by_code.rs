//! The village's answer without an account.

use crate::children::*;
use crate::common::*;
use crate::phone::{Phone, now};
use domain::confirmation::{Projection, Proof, Seal, Standing};
use domain::entry::{Body, Subject};
use domain::ids::KnockId;
use domain::policy::Policy;
use rstest::rstest;
use serde_json::{Value, json};
use server::http::Reached;
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

#[rstest]
#[case::by_the_same_code(false)]
#[case::signed_in(true)]
#[tokio::test]
async fn who_sees_it_differently_is_kept_beside_the_first(#[case] signed_in: bool) {
    let (app, mut teacher) = world().await;
    let visit = knock_on_door(TEACHER, now());
    let shown = Projection::of(knock(), &visit).mark();
    let first = posted(&shown);
    teacher.write_at_door(Subject::Student(girl()), knock(), Body::Visit(visit));
    teacher.sync().await;
    if signed_in {
        let mut cadre = Phone::of(&app, CADRE).await;
        cadre.sync().await;
        let body = Body::Confirmation(confirmation(Proof::List, Some(shown)));
        cadre.write_at_door(Subject::Village(village()), knock(), body);
        cadre.sync().await;
    } else {
        assert_eq!(app.anonymous().post("/api/v1/answer", first.clone()).await.status, 204);
    }
    let differs = [
        ("id", json!(Uuid::new_v4())),
        ("result", json!("CORRECTED")),
        ("discrepancies", json!(["CHILD_AWAY"])),
        // Its own first try, which was never taken.
        ("supersedes", json!(Uuid::new_v4())),
    ];
    let second = with(&first, &differs);
    let mut other = app.anonymous();
    let reply = other.post("/api/v1/answer", second.clone()).await;
    assert_eq!((reply.status, reply.code().as_str()), (409, "ANSWER_ALREADY"));
    for told in ["吐尔逊", "属实", "CONFIRMED", "SECRETARY", "阿依古丽"] {
        assert!(!reply.text().contains(told), "{reply}");
    }
    // Not to who only knows the knock.
    let guess = with(&second, &[("id", json!(Uuid::new_v4())), ("secret", json!("00".repeat(8)))]);
    assert_eq!(other.post("/api/v1/answer", guess).await.status, 204);
    let beside = with(&second, &[("beside", json!(true))]);
    for _lost_reply in 0..2 {
        assert_eq!(other.post("/api/v1/answer", beside.clone()).await.status, 204);
    }
    teacher.sync().await;
    let line = teacher.file(girl()).student.state.visits[0].clone();
    let said: Vec<_> = line.answers.iter().map(|a| a.result.code()).collect();
    assert_eq!(said, ["CONFIRMED", "CORRECTED"]);
    // What is signed weighs more; of equals, nobody talks away that something differs.
    let expect = if signed_in { Standing::Confirmed } else { Standing::Corrected };
    assert_eq!(line.standing(&Policy::default()), expect);
    let agrees = with(&first, &[("id", json!(Uuid::new_v4())), ("beside", json!(true))]);
    assert_eq!(other.post("/api/v1/answer", agrees).await.status, 204);
    teacher.sync().await;
    assert_eq!(teacher.file(girl()).student.state.visits[0].standing(&Policy::default()), expect);
}

#[tokio::test]
async fn an_answer_changed_before_it_was_ever_sent_is_taken() {
    let (app, _) = world().await;
    let changed = with(&posted("a0a0a0a0a0a0a0a0"), &[("supersedes", json!(Uuid::new_v4()))]);
    let reply = app.anonymous().post("/api/v1/answer", changed).await;
    assert_eq!(reply.status, 204, "{reply}");
    assert_eq!(app.count("SELECT count(*) FROM village_answer").await, 1);
}

fn typed(code: &str, village: &str) -> Value {
    json!({"id": Uuid::new_v4(), "code": code, "village": village, "result": "CONFIRMED", "role": "HEAD"})
}

fn right_code() -> String {
    Seal::of(&secret()).code
}

#[rstest]
#[case::visit_first(true, "990101100205")]
#[case::answer_first(false, "990101100205")]
#[case::short_number(true, "100205")]
#[tokio::test]
async fn a_typed_code_answers_for_its_visit_once(#[case] visit_first: bool, #[case] number: &str) {
    let (app, mut teacher) = world().await;
    let visit = knock_on_door(TEACHER, now());
    teacher.write_at_door(Subject::Student(girl()), knock(), Body::Visit(visit));
    if visit_first {
        teacher.sync().await;
    }
    let answer = typed(&right_code(), number);
    for _lost_reply in 0..2 {
        let reply = app.anonymous().post("/api/v1/answer", answer.clone()).await;
        assert_eq!((reply.status, reply.text().as_str()), (204, ""), "{reply}");
    }
    teacher.sync().await;
    let line = teacher.file(girl()).student.state.visits[0].clone();
    assert_eq!(line.standing(&Policy::default()), Standing::Confirmed);
    assert_eq!((line.answers.len(), line.answers[0].strength.code()), (1, "BY_CODE"));
    let differs = [
        ("id", json!(Uuid::new_v4())),
        ("supersedes", answer["id"].clone()),
        ("result", json!("CORRECTED")),
        ("discrepancies", json!(["TIME"])),
    ];
    assert_eq!(app.anonymous().post("/api/v1/answer", with(&answer, &differs)).await.status, 204);
    teacher.sync().await;
    let line = teacher.file(girl()).student.state.visits[0].clone();
    assert_eq!((line.standing(&Policy::default()), line.answers.len()), (Standing::Corrected, 1));
}

#[tokio::test]
async fn of_a_typed_code_nothing_is_told() {
    let (app, mut teacher) = world().await;
    let visit = knock_on_door(TEACHER, now());
    teacher.write_at_door(Subject::Student(girl()), knock(), Body::Visit(visit));
    teacher.sync().await;
    let right = right_code();
    let mut replies = Vec::new();
    // There is none such, it is another village's, it is right, it was answered before.
    let tries = [("56931265", "100205"), (&right, "100206"), (&right, "100205"), (&right, "100205")];
    for (code, village) in tries {
        let reply = app.anonymous().post("/api/v1/answer", typed(code, village)).await;
        replies.push((reply.status, reply.text(), reply.headers.len()));
    }
    replies.dedup();
    assert_eq!(replies.len(), 1, "{replies:?}");
    teacher.sync().await;
    assert_eq!(teacher.file(girl()).student.state.visits[0].answers.len(), 2, "both are kept");
    // What only a slip of the finger can be.
    for (code, village, expect) in [
        ("56931264", "100205", (422, "CODE_BAD")),
        ("5693", "100205", (422, "CODE_BAD")),
        (&right, "100299", (422, "VILLAGE_UNKNOWN")),
        (&right, "990102100205", (422, "VILLAGE_UNKNOWN")),
        (&right, "0205", (400, "MALFORMED")),
    ] {
        let reply = app.anonymous().post("/api/v1/answer", typed(code, village)).await;
        assert_eq!((reply.status, reply.code().as_str()), expect, "{code} {village} {reply}");
    }
    assert_eq!(app.count("SELECT count(*) FROM entry WHERE kind = 'CONFIRMATION'").await, 4);
}

#[tokio::test]
async fn a_typed_code_of_long_ago_answers_nothing() {
    let (app, mut teacher) = world().await;
    let visit = knock_on_door(TEACHER, now() - chrono::Duration::days(5));
    teacher.write_at_door(Subject::Student(girl()), knock(), Body::Visit(visit));
    teacher.sync().await;
    assert_eq!(app.anonymous().post("/api/v1/answer", typed(&right_code(), "100205")).await.status, 204);
    assert_eq!(app.count("SELECT count(*) FROM village_answer WHERE matched").await, 0);
}

#[tokio::test]
async fn typed_codes_are_few_from_one_address_and_for_one_village() {
    let app = TestApp::reached(Reached { tls: false, by_proxy: true }).await;
    found(&app.state.database).await;
    let from = |address: &str| {
        let mut phone = app.anonymous();
        phone.headers.push(("x-forwarded-for", address.to_owned()));
        phone
    };
    let mut statuses = Vec::new();
    for n in 0..12 {
        // Also where it names the village in full.
        let number = if n % 2 == 0 { "100205" } else { "990101100205" };
        statuses.push(from("203.0.113.9").post("/api/v1/answer", typed("56931265", number)).await.status);
    }
    assert_eq!(statuses, [vec![204; 10], vec![429; 2]].concat());
    let mut statuses = Vec::new();
    for n in 0..12 {
        let phone = &mut from(&format!("203.0.113.{}", 20 + n));
        statuses.push(phone.post("/api/v1/answer", typed("56931265", "100205")).await.status);
    }
    assert_eq!(statuses, [vec![204; 10], vec![429; 2]].concat(), "from wherever");
    assert_eq!(
        from("203.0.113.90").post("/api/v1/answer", typed("56931265", "100206")).await.status,
        204,
        "another village answers all the same"
    );
    let scanned = posted("a0a0a0a0a0a0a0a0");
    assert_eq!(from("203.0.113.9").post("/api/v1/answer", scanned).await.status, 204, "and so does a scan");
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
    sqlx::query(
        "INSERT INTO policy (county, school, version, valid_from, body) VALUES ($1, $2, 1, '2020-01-01', $3)",
    )
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
