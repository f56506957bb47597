//! 看过, 请补, and which of two values stands: entries like any other, with what follows from them.

use crate::children::*;
use crate::common::*;
use crate::phone::Phone;
use crate::world::*;
use domain::entry::{Body, Subject};
use domain::sync::Progress;
use domain::visit::Supplement;
use serde_json::json;

#[tokio::test]
async fn what_the_office_asks_for_comes_to_the_author_and_goes_when_it_is_added() {
    let mut world = World::new().await;
    let mut office = world.desk(OFFICE).await;
    let waiting = json!({"look": "WAITING"});
    let page = visits(&mut office, waiting.clone()).await;
    assert_eq!(names(&page), ["阿依古丽·艾力甲", "袁小军"]);

    let without_words = json!({"entry": world.door_knock, "verdict": "PLEASE_ADD", "words": "  "});
    let answer = ask(&mut office, "review", without_words).await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "REQUIRED"));
    assert_eq!(answer.json()["field"], "words");

    let asked = json!({"entry": world.door_knock, "verdict": "PLEASE_ADD", "words": PLEASE_ADD});
    get(&mut office, "review", asked).await;
    assert_eq!(names(&visits(&mut office, waiting.clone()).await), ["袁小军"]);
    assert_eq!(names(&visits(&mut office, json!({"look": "PLEASE_ADD"})).await), ["阿依古丽·艾力甲"]);

    world.teacher.sync().await;
    assert!(world.teacher.owed().contains(&"PLEASE_ADD"));
    let supplement =
        Supplement {
            visit: Some(world.door_knock), family: Some("是姑姑".into()), ..Supplement::default()
        };
    world.teacher.write(Subject::Student(girl()), Body::Supplement(supplement));
    world.teacher.sync().await;
    assert!(!world.teacher.owed().contains(&"PLEASE_ADD"));

    assert_eq!(names(&visits(&mut office, waiting).await), ["阿依古丽·艾力甲", "袁小军"]);
    let file = get(&mut office, "visit", json!({"entry": world.door_knock})).await;
    let beside: Vec<_> =
        file["beside"].as_array().unwrap().iter().map(|seen| seen["entry"]["kind"].clone()).collect();
    assert_eq!(beside, ["REVIEW", "SUPPLEMENT"]);
    assert_eq!(file["may_review"], true);

    get(&mut office, "review", json!({"entry": world.door_knock, "verdict": "SEEN", "words": null})).await;
    assert_eq!(names(&visits(&mut office, json!({"look": "SEEN"})).await), ["阿依古丽·艾力甲"]);
    // One writer for all desks of a person, without a gap.
    let seqs = "SELECT count(*) FROM received r JOIN writer w USING (county)
        WHERE w.id = r.writer AND w.last_seq = 2 AND r.seq <= 2 AND r.answer ->> 'answer' = 'accepted'
          AND w.user_id IN (SELECT id FROM account WHERE phone = '14400000006')
          AND r.entry IN (SELECT id FROM entry WHERE kind = 'REVIEW')";
    assert_eq!(world.app.count(seqs).await, 2);
}

#[tokio::test]
async fn a_decided_value_stands_whoever_said_another() {
    let world = World::new().await;
    let mut office = world.desk(OFFICE).await;
    let file = get(&mut office, "student", json!({"id": girl()})).await;
    assert_eq!(file["may_decide"], true);
    assert_eq!(file["view"]["state"]["proposals"][0]["value"], OTHER_NUMBER);
    let duties = get(&mut office, "duties", json!({"page": 0})).await;
    let why: Vec<_> =
        duties["rows"].as_array().unwrap().iter().map(|r| r["duty"]["reason"]["why"].clone()).collect();
    assert!(why.contains(&json!("PROPOSAL")), "{why:?}");

    let decide = |value: &str| json!({"student": girl(), "field": "phone", "value": value});
    let answer = ask(&mut office, "decide", decide("14400000012")).await;
    assert_eq!(answer.code(), "NOT_PROPOSED");
    get(&mut office, "decide", decide(OTHER_NUMBER)).await;

    let file = get(&mut office, "student", json!({"id": girl()})).await;
    assert_eq!(file["view"]["state"]["basics"]["phone"], OTHER_NUMBER);
    assert!(file["view"]["state"]["proposals"].is_null());
    let duties = get(&mut office, "duties", json!({"page": 0})).await;
    assert!(!duties.to_string().contains("PROPOSAL"));
    let mut teacher = Phone::of(&world.app, TEACHER).await;
    teacher.sync().await;
    let basics = teacher.file(girl()).student.state.basics.clone().unwrap();
    assert_eq!(basics.phone.as_deref(), Some(OTHER_NUMBER));
}

#[tokio::test]
async fn keeping_the_value_that_stands_settles_it_too() {
    let world = World::new().await;
    let mut office = world.desk(OFFICE).await;
    get(&mut office, "decide", json!({"student": girl(), "field": "phone", "value": "14400000077"})).await;
    let file = get(&mut office, "student", json!({"id": girl()})).await;
    assert_eq!(file["view"]["state"]["basics"]["phone"], "14400000077");
    assert!(file["view"]["state"]["proposals"].is_null());
}

#[tokio::test]
async fn what_was_kept_for_the_office_comes_back_to_its_author_with_the_offices_word() {
    let world = World::new().await;
    let mut office = world.desk(OFFICE).await;
    let mut colleague = Phone::of(&world.app, OTHER_TEACHER).await;
    let stands = colleague.write(Subject::Student(girl()), absence(1));
    let returned = colleague.write(Subject::Student(boy()), absence(1));
    colleague.sync().await;
    assert!(matches!(colleague.progress(stands), Progress::Quarantined { .. }));
    let settle = |of, how: &str, words: Option<&str>| json!({"entry": of, "how": how, "words": words});
    assert_eq!(ask(&mut office, "settle", settle(returned, "RETURNED", None)).await.code(), "REQUIRED");
    get(&mut office, "settle", settle(returned, "RETURNED", Some("请转给李老师"))).await;
    get(&mut office, "settle", settle(stands, "TAKEN", None)).await;

    // Nobody else hears of it, whatever ids they ask about.
    let mut stranger = Phone::of(&world.app, SUBJECT_TEACHER).await;
    let mut request = stranger.request();
    request["kept"] = json!([returned, stands]);
    let answer = stranger.client.post("/api/v1/sync", request).await;
    assert!(!answer.json().as_object().unwrap().contains_key("decided"), "{answer}");

    colleague.sync().await;
    assert_eq!(*colleague.progress(returned), Progress::Returned { words: "请转给李老师".into() });
    assert!(colleague.accepted(stands), "{:?}", colleague.progress(stands));
    assert_eq!(colleague.replica.refused().count(), 1);
    assert_eq!(colleague.request()["kept"], json!(null));
}
