//! What is pushed stands once, and comes back.

use crate::children::*;
use crate::common::*;
use crate::phone::{Phone, now};
use domain::entry::{Body, Subject};
use domain::ids::KnockId;
use uuid::Uuid;

#[tokio::test]
async fn a_visit_goes_up_and_comes_back() {
    let app = TestApp::new().await;
    enrol(&app).await;
    let mut teacher = Phone::of(&app, TEACHER).await;
    teacher.sync().await;
    assert!(
        teacher.sees(girl()) && teacher.sees(boy()) && !teacher.sees(other()) && !teacher.sees(brother())
    );
    assert_eq!(teacher.file(girl()).student.siblings[0].name, "买买提");
    assert_eq!(teacher.file(girl()).student.siblings[0].class, "示例小学三年级");
    assert_eq!(teacher.file(girl()).student.initials, "ayglalj");

    let visit = home_visit(TEACHER, now());
    let knock = KnockId(Uuid::new_v4());
    let id = teacher.write_at_door(Subject::Student(girl()), knock, Body::Visit(visit));
    teacher.sync().await;
    assert!(teacher.accepted(id), "{:?}", teacher.progress(id));
    let file = teacher.file(girl());
    assert_eq!(file.entries.last().unwrap().entry.id, id);
    assert_eq!(file.student.state.visits[0].entry, id);

    let mut office = Phone::of(&app, OFFICE).await;
    office.sync().await;
    assert!(office.sees(other()));
    assert_eq!(office.file(girl()).entries.last().unwrap().author, user(TEACHER));
    assert_eq!(app.count("SELECT count(*) FROM visit").await, 1);
}
