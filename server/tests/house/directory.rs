//! Which part of the directory each role gets.

use crate::common::*;
use chrono::Utc;
use domain::calendar::local_date;
use domain::directory::Directory;
use rstest::rstest;
use server::account;
use server::sync::Surroundings;
use std::collections::BTreeSet;

async fn directory(app: &TestApp, phone: &str) -> Directory {
    let mut tx = app.state.database.reader(&actor(phone)).await.unwrap();
    app.state.directories.news(&mut tx, &actor(phone), None).await.unwrap().unwrap().0
}

/// By the last two digits of their phone numbers; with `+` when the reader is told the number.
fn people(directory: &Directory) -> BTreeSet<String> {
    let person = |person: &domain::directory::PersonOfStaff| {
        let phone =
            EVERYBODY.iter().map(|(phone, ..)| *phone).find(|phone| user(phone) == person.id).unwrap();
        format!("{}{}", &phone[9..], if person.phone.is_empty() { "" } else { "+" })
    };
    directory.people.iter().map(person).collect()
}

#[rstest]
#[case::class_teacher(TEACHER, "01+ 02+ 03+ 05+ 06+ 07+ 08+ 09+ 12+ 13+ 14+", 2, 2)]
#[case::primary_teacher(PRIMARY_TEACHER, "04+ 08+ 09+ 15+", 1, 2)]
#[case::office(OFFICE, "01+ 02+ 03+ 05+ 06+ 07+ 08+ 09+ 12+ 13+ 14+", 2, 2)]
#[case::cadre_sees_the_village(CADRE, "08+", 0, 1)]
#[case::township(TOWNSHIP_OFFICER, "06+ 07+ 08+ 09+ 10+ 15+", 0, 2)]
#[case::county(COUNTY_OFFICER, "06+ 07+ 10+ 11+ 15+", 0, 2)]
#[tokio::test]
async fn each_role_gets_the_people_it_needs(
    #[case] phone: &str,
    #[case] expect: &str,
    #[case] classes: usize,
    #[case] villages: usize,
) {
    let app = TestApp::new().await;
    let directory = directory(&app, phone).await;
    assert_eq!(people(&directory).into_iter().collect::<Vec<_>>().join(" "), expect);
    assert_eq!((directory.classes.len(), directory.villages.len()), (classes, villages));
    assert_eq!((directory.county.as_str(), directory.schools.len()), ("示例县", 2));
    assert_eq!(directory.calendar.terms.len(), 1);
}

#[tokio::test]
async fn cadres_of_a_village_know_each_other_by_name_alone() {
    let app = TestApp::new().await;
    let mut tx = app.state.database.registrar(county()).await.unwrap();
    account::grant(&mut tx, county(), user(OTHER_CADRE), &grant(CADRE)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(people(&directory(&app, CADRE).await), ["08+".to_owned(), "09".to_owned()].into());
}

#[tokio::test]
async fn a_phone_that_has_it_is_sent_nothing_until_something_changes() {
    let app = TestApp::new().await;
    let ask = async |has: Option<String>| {
        let mut tx = app.state.database.reader(&actor(TEACHER)).await.unwrap();
        app.state
            .directories
            .news(&mut tx, &actor(TEACHER), has.as_deref())
            .await
            .unwrap()
            .map(|(_, print)| print)
    };
    let print = ask(None).await.unwrap();
    assert_eq!(print.len(), 64);
    assert_eq!(ask(Some(print.clone())).await, None);
    assert_eq!(ask(Some("another".into())).await, Some(print.clone()));

    let mut tx = app.state.database.registrar(county()).await.unwrap();
    sqlx::query("UPDATE village SET name = '新五村' WHERE name = '五村'").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_ne!(ask(Some(print.clone())).await, None);
}

#[tokio::test]
async fn a_schools_settings_lie_over_the_countys() {
    let app = TestApp::new().await;
    let mut tx = app.state.database.registrar(county()).await.unwrap();
    for (at, version, from, body) in [
        (None, 1, "2026-09-01", serde_json::json!({"absence_visit_days": 3, "version": 1})),
        (None, 2, "2026-09-02", serde_json::json!({"absence_visit_days": 2, "version": 2})),
        (None, 3, "2999-01-01", serde_json::json!({"absence_visit_days": 9, "version": 3})),
        // Written last, about the time before: it does not hold today.
        (None, 4, "2026-08-01", serde_json::json!({"absence_visit_days": 7})),
        (Some(school().0), 1, "2026-09-01", serde_json::json!({"village_confirm_days": 5})),
    ] {
        sqlx::query("INSERT INTO policy (county, school, version, valid_from, body) VALUES ($1, $2, $3, $4::date, $5)")
            .bind(county().0)
            .bind(at)
            .bind(version)
            .bind(from)
            .bind(body)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let ours = directory(&app, TEACHER).await.policy;
    assert_eq!((ours.absence_visit_days, ours.village_confirm_days, ours.version), (2, 5, 2));
    let theirs = directory(&app, PRIMARY_TEACHER).await.policy;
    assert_eq!((theirs.absence_visit_days, theirs.village_confirm_days), (2, 3));

    // What the server derives by is what people are told.
    let mut tx = app.state.database.applier(county(), user(OFFICE)).await.unwrap();
    let around = Surroundings::load(&mut tx, county(), local_date(Utc::now())).await.unwrap();
    assert_eq!(around.at(school()).policy, ours);
    assert_eq!(around.at(other_school()).policy, theirs);
}

#[tokio::test]
async fn the_server_derives_with_what_lies_around_a_child() {
    let app = TestApp::new().await;
    let mut tx = app.state.database.applier(county(), user(OFFICE)).await.unwrap();
    let around = Surroundings::load(&mut tx, county(), local_date(Utc::now())).await.unwrap();
    let at = around.at(school());
    assert_eq!(at.directory.class_teacher(class()).map(|teacher| teacher.phone.as_str()), Some(TEACHER));
}
