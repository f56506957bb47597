//! What the log holds after a whole day: what was asked and how it went, and no person.

use crate::children::{enrol, girl, home_visit};
use crate::common::*;
use crate::phone::{Phone, now};
use domain::entry::{Body, Subject};
use domain::ids::KnockId;
use serde_json::json;
use tracing::level_filters::LevelFilter;

#[tokio::test]
async fn the_log_of_a_whole_day_names_nobody() {
    let log = Log::keep(LevelFilter::TRACE);
    let app = TestApp::new().await;
    enrol(&app).await;
    app.anonymous().sign_in(TEACHER, "wrong horse").await;
    app.anonymous().sign_in("14499999999", PASSWORD).await;
    let mut teacher = Phone::of(&app, TEACHER).await;
    teacher.sync().await;
    let visit = Body::Visit(home_visit(TEACHER, now()));
    teacher.write_at_door(Subject::Student(girl()), KnockId(uuid::Uuid::new_v4()), visit);
    teacher.sync().await;
    let mut browser = teacher.client.clone();
    browser.post("/api/v1/session", json!({"name": "阿依古丽"})).await;
    browser.post("/api/v1/sync", json!({"protocol": 1, "writer": "阿依古丽"})).await;
    browser.get("/students/阿依古丽").await;
    browser.get(&format!("/students/{}", girl())).await;
    browser.get("/api/v1/devices").await;
    let device = json!({"label": "阿依古丽的手机"});
    let typed = json!({"phone": TEACHER, "password": PASSWORD, "device": device});
    // A fault that names a constraint, and one whose own words quote a value.
    app.force("ALTER TABLE session ADD CONSTRAINT no_label CHECK (label = '')").await;
    assert_eq!(app.anonymous().post("/api/v1/session", typed.clone()).await.status, 500);
    app.force(
        "CREATE FUNCTION quoting() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE 'not %', NEW.label; END $$",
    )
    .await;
    app.force("CREATE TRIGGER quoting BEFORE INSERT ON session FOR EACH ROW EXECUTE FUNCTION quoting()")
        .await;
    assert_eq!(app.anonymous().post("/api/v1/session", typed).await.status, 500);

    let log = log.text();
    for line in [
        "/api/v1/sync",
        "status=200",
        "WRONG_PASSWORD",
        "status=500",
        "constraint no_label",
        "SQLSTATE P0001",
        "signed in",
    ] {
        assert!(log.contains(line), "{line} in the log");
    }
    let people = EVERYBODY.iter().flat_map(|(phone, _, name)| [*phone, *name]);
    let others = ["14400000077", "14499999999", "阿依古丽", "艾力甲", "五村7号", "wrong horse", PASSWORD];
    let girl = girl().to_string();
    for word in people.chain(others).chain([girl.as_str()]) {
        let line = log.lines().find(|line| line.contains(word));
        assert_eq!(line, None, "{word} in the log");
    }
    let cookie = browser.cookie.unwrap();
    assert!(!log.contains(cookie.rsplit('.').next().unwrap()), "the token in the log");
}
