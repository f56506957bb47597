//! What time alone changes, and that doing it twice changes nothing.

use crate::children::*;
use crate::common::*;
use crate::phone::{Phone, now};
use chrono::Days;
use domain::calendar::local_date;
use domain::confirmation::{Projection, Proof, VillageNote};
use domain::entry::{Body, Subject};
use domain::ids::KnockId;
use server::sync::{nightly, seal};
use uuid::Uuid;

async fn world() -> (TestApp, Phone) {
    let app = TestApp::new().await;
    enrol(&app).await;
    let mut teacher = Phone::of(&app, TEACHER).await;
    teacher.sync().await;
    (app, teacher)
}

/// Everything that phones can be told, by its place in the order.
async fn order(app: &TestApp) -> i64 {
    app.count("SELECT max(ver) FROM (SELECT ver FROM student UNION ALL SELECT ver FROM access UNION ALL SELECT ver FROM duty UNION ALL SELECT ver FROM card) v").await
}

#[tokio::test]
async fn a_new_term_asks_for_new_visits() {
    let (app, mut teacher) = world().await;
    let visit = home_visit(TEACHER, now());
    teacher.write_at_door(Subject::Student(girl()), KnockId(Uuid::new_v4()), Body::Visit(visit));
    teacher.sync().await;
    assert_eq!(teacher.owed(), ["TERM_VISIT"]);

    let today = local_date(now());
    let before = order(&app).await;
    nightly::run(&app.state.database, today).await.unwrap();
    assert_eq!(order(&app).await, before, "nothing new on the same day");

    app.force("UPDATE calendar SET body = jsonb_set(body, '{terms}', body->'terms' || '[{\"semester\": \"2026-2027-2\", \"starts_on\": \"2027-02-20\", \"ends_on\": \"2027-07-10\"}]')").await;
    let spring = "2027-03-01".parse().unwrap();
    nightly::run(&app.state.database, spring).await.unwrap();
    teacher.sync().await;
    assert_eq!(teacher.owed(), ["TERM_VISIT", "TERM_VISIT"]);
    let after = order(&app).await;
    nightly::run(&app.state.database, spring).await.unwrap();
    assert_eq!(order(&app).await, after);
}

#[tokio::test]
async fn an_answered_card_leaves_the_list_after_a_month() {
    let (app, mut teacher) = world().await;
    let mut cadre = Phone::of(&app, CADRE).await;
    let knock = KnockId(Uuid::new_v4());
    let visit = knock_on_door(TEACHER, now());
    let shown = Projection::of(knock, &visit).mark();
    teacher.write_at_door(Subject::Student(girl()), knock, Body::Visit(visit));
    teacher.sync().await;
    let answer = Body::Confirmation(confirmation(Proof::List, Some(shown)));
    cadre.write_at_door(Subject::Village(village()), knock, answer);
    cadre.sync().await;
    assert_eq!(cadre.replica.caseload.cards.len(), 1);
    nightly::run(&app.state.database, local_date(now()) + Days::new(30)).await.unwrap();
    cadre.sync().await;
    assert_eq!(cadre.replica.caseload.cards.len(), 1);
    nightly::run(&app.state.database, local_date(now()) + Days::new(31)).await.unwrap();
    cadre.sync().await;
    assert_eq!(cadre.replica.caseload.cards.len(), 0);
}

#[tokio::test]
async fn an_older_fold_is_made_anew_from_the_entries() {
    let (app, mut teacher) = world().await;
    let mut cadre = Phone::of(&app, CADRE).await;
    let knock = KnockId(Uuid::new_v4());
    let visit = knock_on_door(TEACHER, now());
    let shown = Projection::of(knock, &visit).mark();
    teacher.write_at_door(Subject::Student(girl()), knock, Body::Visit(visit));
    teacher.write(Subject::Student(girl()), absence(2));
    teacher.sync().await;
    let answer = Body::Confirmation(confirmation(by_secret(), Some(shown)));
    cadre.write_at_door(Subject::Village(village()), knock, answer);
    cadre.sync().await;
    let note = VillageNote { about: Some(girl()), told: None, words: Some("去浙江了".into()) };
    cadre.write(Subject::Village(village()), Body::VillageNote(note));
    cadre.sync().await;
    app.force("CREATE TABLE was AS SELECT id, state FROM student").await;
    app.force("UPDATE student SET fold_version = 0, state = '{\"basics\": null}'").await;
    nightly::run(&app.state.database, local_date(now())).await.unwrap();
    let differ =
        "SELECT count(*) FROM student s JOIN was USING (id) WHERE s.state <> was.state OR s.fold_version = 0";
    assert_eq!(app.count(differ).await, 0);
}

#[tokio::test]
async fn a_chain_written_anew_does_not_fit_the_seals() {
    let (app, mut teacher) = world().await;
    teacher.write(Subject::Student(girl()), absence(2));
    teacher.sync().await;
    let today = local_date(now());
    nightly::run(&app.state.database, today).await.unwrap();
    nightly::run(&app.state.database, today + Days::new(1)).await.unwrap();
    let check = || async {
        let mut tx = app.state.database.applier(county(), user(OFFICE)).await.unwrap();
        seal::broken(&mut tx, county()).await.unwrap().len()
    };
    assert_eq!(check().await, 0);
    teacher.write(Subject::Student(girl()), absence(3));
    teacher.sync().await;
    assert_eq!(check().await, 0, "chains go on");
    app.force("UPDATE received SET link = sha256(link) WHERE writer IN (SELECT w.id FROM writer w JOIN account a ON a.id = w.user_id AND a.phone = '14400000002') AND seq = 1").await;
    assert_eq!(check().await, 2, "each seal saw another");
    app.force("UPDATE seal SET heads = '[]'").await;
    assert_eq!(check().await, 2, "and the seals hold each other");
}
