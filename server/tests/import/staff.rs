//! A staff list: accounts, roles, villages.

use crate::common::TestApp;
use chrono::NaiveDate;
use serde_json::json;
use server::import::file;
use server::import::places::NewSchool;
use server::import::staff::{StaffReport, import};

const SCHOOL: &str = "9901010001";

async fn read(app: &TestApp) -> StaffReport {
    let sheets = file::sheets("staff.xlsx", include_bytes!("../data/staff-and-villages.xlsx")).unwrap();
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    let new = NewSchool::default();
    import(&app.state.database, SCHOOL, &sheets, &new, Some("示例镇"), today).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_real_list_makes_everybody_once() {
    let app = TestApp::empty().await;
    let report = read(&app).await;
    assert_eq!((report.slips.len(), report.known, report.villages), (54, 0, 8));
    assert_eq!(report.refused.len(), 0, "{:?}", report.refused);
    assert_eq!(report.new_classes.len(), 15);
    let roles = |role: &str| {
        let role = role.to_owned();
        let app = &app;
        async move {
            sqlx::query_scalar::<_, i64>(
                "SELECT count(*) FROM user_scope WHERE role = $1 AND gone_xid IS NULL",
            )
            .bind(role)
            .fetch_one(&app.superuser)
            .await
            .unwrap()
        }
    };
    for (role, expect) in [
        ("PRINCIPAL", 1),
        ("OFFICE", 2),
        ("COUNSELLOR", 1),
        ("GRADE_HEAD", 3),
        ("CLASS_TEACHER", 15),
        ("SUBJECT_TEACHER", 8),
        ("CADRE", 24),
    ] {
        assert_eq!(roles(role).await, expect, "{role}");
    }

    let before = app.count("SELECT max(ver) FROM user_scope").await;
    let again = read(&app).await;
    assert_eq!((again.slips.len(), again.known), (0, 54));
    assert_eq!(again.new_classes.len(), 0);
    assert_eq!(app.count("SELECT max(ver) FROM user_scope").await, before, "nobody's phone pulls anew");
}

#[tokio::test]
async fn the_slip_opens_the_account_and_must_be_changed() {
    let app = TestApp::empty().await;
    let report = read(&app).await;
    let slip = report.slips.iter().find(|slip| slip.posts == "班主任").unwrap();
    let mut teacher = app.anonymous();
    let answer = teacher.sign_in(&slip.phone, &slip.password).await;
    assert_eq!(
        (answer.status, answer.json()["must_change_password"].clone()),
        (200, json!(true)),
        "{answer}"
    );
    let cadre = report.slips.iter().find(|slip| slip.posts == "五村村支书").unwrap();
    assert_eq!(cadre.name, "库尔班·阿里木丁");
}

#[tokio::test]
async fn a_roster_read_after_it_finds_the_villages() {
    let app = TestApp::empty().await;
    read(&app).await;
    let sheets = file::sheets("roster.xlsx", include_bytes!("../data/roster-2026-autumn.xlsx")).unwrap();
    let new_school = NewSchool::default();
    let roster = server::import::roster::Roster {
        code: SCHOOL,
        sheets: &sheets,
        check: false,
        new_school: &new_school,
    };
    let now = chrono::Utc::now();
    let report =
        server::import::roster::import(&app.state.database, &app.state.secret, &roster, now).await.unwrap();
    assert_eq!((report.accepted, report.refused.len(), report.new_classes.len()), (503, 0, 0));
    assert!(report.warnings.iter().all(|w| w.code == "SAME_NAME"), "{:?}", report.warnings);
    assert_eq!(app.count("SELECT count(*) FROM student WHERE village IS NULL").await, 0);
}
