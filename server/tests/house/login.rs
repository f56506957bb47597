//! Signing in and out through HTTP.

use crate::common::*;
use serde_json::json;

#[tokio::test]
async fn a_person_signs_in_is_known_and_signs_out() {
    let app = TestApp::new().await;
    let mut teacher = app.sign_in(TEACHER).await;
    let who = teacher.get("/api/v1/session").await.json();
    assert_eq!(who["actor"]["name"], "李示例");
    assert_eq!(who["actor"]["grants"][0]["role"], "CLASS_TEACHER");
    assert_eq!(who["must_change_password"], false);

    let mut stolen = teacher.clone();
    assert_eq!(teacher.delete("/api/v1/session").await.status, 204);
    assert_eq!(teacher.cookie, None);
    let answer = stolen.get("/api/v1/session").await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "SESSION_EXPIRED"));
}

#[tokio::test]
async fn nobody_and_a_wrong_password_get_the_same_answer() {
    let app = TestApp::new().await;
    let wrong = app.anonymous().sign_in(TEACHER, "not this one").await;
    let nobody = app.anonymous().sign_in("14499999999", PASSWORD).await;
    assert_eq!((wrong.status, wrong.code()), (401, "WRONG_PASSWORD".into()));
    let told = |answer: &Answer| {
        let mut told = answer.json();
        told["request_id"] = json!(null);
        (answer.status, told, answer.headers.keys().map(|name| name.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(told(&wrong), told(&nobody));
    assert_eq!(wrong.header("set-cookie"), "");
}
