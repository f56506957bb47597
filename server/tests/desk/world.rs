//! A little of everything that a desk shows: a door-knock that waits for the village, a home visit written
//! down a day later, words by the office, a report of its own kind, two numbers for one telephone.

use crate::children::*;
use crate::common::*;
use crate::phone::{Phone, now};
use chrono::Duration;
use domain::entry::{Body, Subject};
use domain::ids::{EntryId, KnockId};
use domain::register::Register;
use domain::safeguarding::SafeguardingReport;
use domain::visit::Visit;
use serde_json::{Value, json};
use uuid::Uuid;

/// Said at the door-knock.
pub const AT_THE_DOOR: &str = "奶奶说明天送来";
/// Said at the home visit.
pub const AT_HOME: &str = "作业写得很认真";
/// Said by the office.
pub const PLEASE_ADD: &str = "见到的是哪位亲戚";
/// Reported apart.
pub const REPORTED: &str = "胳膊上有伤";
/// A number that the teacher heard of.
pub const OTHER_NUMBER: &str = "14400000066";

pub struct World {
    pub app: TestApp,
    pub teacher: Phone,
    pub knock: KnockId,
    pub door_knock: EntryId,
    pub home_visit: EntryId,
}

impl World {
    pub async fn new() -> Self {
        let app = TestApp::new().await;
        enrol(&app).await;
        let mut teacher = Phone::of(&app, TEACHER).await;
        teacher.sync().await;
        let knock = KnockId(Uuid::now_v7());
        teacher.write(Subject::Student(girl()), absence(2));
        let visit = Body::Visit(knock_on_door(TEACHER, now() - Duration::minutes(20)));
        let door_knock = teacher.write_at_door(Subject::Student(girl()), knock, visit);
        let yesterday = now() - Duration::days(1);
        let visit = Body::Visit(Visit { remark: Some(AT_HOME.into()), ..home_visit(TEACHER, yesterday) });
        let home_visit = teacher.write_at_door(Subject::Student(boy()), KnockId(Uuid::now_v7()), visit);
        teacher.write(
            Subject::Student(boy()),
            Body::SafeguardingReport(SafeguardingReport {
                what: REPORTED.into(),
                noticed_at: now(),
                place: None,
                reported_to: Vec::new(),
                receipt: None,
            }),
        );
        // She saw a number that is not the roster's any more: the office decides.
        let register = Register {
            field: "phone".into(),
            from: Some("14400000011".into()),
            to: Some(OTHER_NUMBER.into()),
            source: domain::register::Source::Person,
        };
        teacher.write(Subject::Student(girl()), Body::Register(register));
        teacher.sync().await;
        assert!(teacher.replica.refused().next().is_none());
        Self { app, teacher, knock, door_knock, home_visit }
    }

    pub async fn desk(&self, phone: &str) -> Client {
        self.app.sit_down(phone).await
    }
}

/// Asks a function of the desk.
pub async fn ask(desk: &mut Client, function: &str, arguments: Value) -> Answer {
    desk.post(&format!("/api/v1/desk/{function}"), arguments).await
}

/// The same, and it answers.
pub async fn get(desk: &mut Client, function: &str, arguments: Value) -> Value {
    let answer = ask(desk, function, arguments).await;
    assert_eq!(answer.status, 200, "{function}: {answer}");
    answer.json()
}

/// Names of a page's rows.
pub fn names(page: &Value) -> Vec<&str> {
    page["rows"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

pub async fn visits(desk: &mut Client, asked: Value) -> Value {
    get(desk, "visits", json!({ "asked": asked })).await
}

/// An answer but for what every answer has of its own: the number under which the log has more.
pub fn without_number(answer: &Answer) -> (u16, Value) {
    let mut told = answer.json();
    if let Some(told) = told.as_object_mut() {
        told.remove("request_id");
    }
    (answer.status, told)
}
