//! The demo county, through the same path as everything else, and seen over HTTP by whom it is for.

use crate::common::{TestApp, horizon_passes};
use chrono::Utc;
use domain::calendar::local_date;
use domain::fixtures::{County, PASSWORD, Size, accounts};
use serde_json::{Value, json};
use server::demo;
use uuid::Uuid;

async fn filled() -> TestApp {
    let app = TestApp::empty().await;
    let county = County::on(local_date(Utc::now()), Size::Village);
    let began = std::time::Instant::now();
    demo::fill(&app.state.database, &app.state.secret, &county).await.unwrap();
    println!("the village of the demo filled in: {:?}", began.elapsed());
    app
}

async fn page(app: &TestApp, phone: &str) -> Value {
    let mut client = app.anonymous();
    let answer = client.sign_in(phone, PASSWORD).await;
    assert_eq!(answer.status, 200, "{answer}");
    horizon_passes(&app.superuser).await;
    let mut page = json!({});
    let mut cursor = Value::Null;
    loop {
        let request = json!({"protocol": 1, "writer": Uuid::now_v7(), "entries": [], "cursor": cursor});
        let answer = client.post("/api/v1/sync", request).await;
        assert_eq!(answer.status, 200, "{answer}");
        let next = answer.json()["page"].clone();
        for list in ["files", "duties", "cards"] {
            let more = next[list].as_array().cloned().unwrap_or_default();
            let had = page[list].as_array().cloned().unwrap_or_default();
            page[list] = had.into_iter().chain(more).collect();
        }
        cursor = next["cursor"].clone();
        if next["more"] != true {
            return page;
        }
    }
}

#[tokio::test]
async fn each_role_signs_in_and_finds_its_own() {
    let app = filled().await;
    assert_eq!(app.count("SELECT count(*) FROM student WHERE id_no_hash IS NOT NULL").await, 94);
    assert_eq!(app.count("SELECT count(*) FROM quarantine").await, 0);
    for account in accounts() {
        page(&app, account.phone).await;
    }
    let li = page(&app, "14400000001").await;
    assert_eq!(li["files"].as_array().unwrap().len(), 34);
    let due: Vec<_> =
        li["duties"].as_array().unwrap().iter().map(|d| d["reason"]["why"].as_str().unwrap()).collect();
    for why in ["ABSENT", "FOLLOW_UP", "PLEASE_ADD", "PROMISED", "SIGHTED", "TERM_VISIT"] {
        assert!(due.contains(&why), "{why} in {due:?}");
    }
    let missing = li["files"].as_array().unwrap().iter();
    let missing =
        missing.filter(|f| f["student"]["state"]["basics"]["name"] == "阿依古丽·艾力甲").collect::<Vec<_>>();
    assert_eq!(missing[0]["student"]["siblings"][0]["class"], "示例小学三年级");

    let secretary = page(&app, "14400000006").await;
    assert_eq!(secretary["files"], json!([]), "a cadre holds cards, not children");
    let cards = secretary["cards"].as_array().unwrap();
    assert!(cards.iter().any(|card| card["name"] == "阿依古丽·艾力甲" && card["asked"].is_null()));
    assert!(cards.iter().any(|card| card["asked"]["standing"] == "WAITING"));
}

#[tokio::test]
async fn a_crash_leaves_the_database_as_empty_as_before() {
    let app = TestApp::empty().await;
    app.force("ALTER TABLE student ADD CONSTRAINT crash CHECK (id_no_hash IS NULL)").await;
    let county = County::on(local_date(Utc::now()), Size::Village);
    assert!(demo::fill(&app.state.database, &app.state.secret, &county).await.is_err());
    assert_eq!(app.count("SELECT count(*) FROM county").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM entry").await, 0);
}
