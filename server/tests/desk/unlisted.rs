//! A child that a corrected roster lacks: where it is, as the office says, and what that ends.

use crate::common::*;
use crate::phone::Phone;
use crate::sheet::{Row, SCHOOL, child, sheets};
use crate::world::{ask, get};
use chrono::Utc;
use domain::actor::{Grant, Role, Scope};
use domain::ids::StudentId;
use rstest::rstest;
use serde_json::{Value, json};
use server::account;
use server::import::places::NewSchool;
use server::import::roster::{Roster, import};
use uuid::Uuid;

const MISSING: &str = "李雷";

async fn read(app: &TestApp, rows: &[Row]) {
    let (sheets, new_school) = (sheets(rows), NewSchool::default());
    let roster = Roster { code: SCHOOL, sheets: &sheets, check: false, new_school: &new_school };
    import(&app.state.database, &app.state.secret, &roster, Utc::now()).await.unwrap();
}

/// Two children of a roster whose next version has one.
async fn world() -> (TestApp, StudentId) {
    let app = TestApp::new().await;
    let both = [child(1, "王芳"), child(2, MISSING)];
    read(&app, &both).await;
    read(&app, &both[..1]).await;
    let id: Uuid = sqlx::query_scalar("SELECT id FROM student WHERE name = $1")
        .bind(MISSING)
        .fetch_one(&app.superuser)
        .await
        .unwrap();
    (app, StudentId(id))
}

async fn owed(desk: &mut Client) -> String {
    get(desk, "duties", json!({"page": 0})).await["rows"].to_string()
}

async fn entries(app: &TestApp) -> i64 {
    app.count("SELECT count(*) FROM entry").await
}

fn says(student: StudentId, is: &str) -> Value {
    json!({"student": student, "is": is})
}

#[rstest]
#[case("TRANSFERRED_OUT", "TRANSFERRED_OUT", false)]
#[case("SUSPENDED", "SUSPENDED", true)]
#[case("NEVER_CAME", "EXPECTED", true)]
#[case("FORGOTTEN", "ACTIVE", true)]
#[tokio::test]
async fn the_office_says_it_once(#[case] is: &str, #[case] status: &str, #[case] visited: bool) {
    let (app, student) = world().await;
    let mut office = app.sit_down(OFFICE).await;
    assert!(owed(&mut office).await.contains("UNLISTED"));
    let before = get(&mut office, "student", json!({"id": student})).await;
    assert_eq!(before["view"]["state"]["unlisted"], json!(domain::calendar::local_date(Utc::now())));

    get(&mut office, "unlisted", says(student, is)).await;
    assert!(!owed(&mut office).await.contains("UNLISTED"));
    let file = get(&mut office, "student", json!({"id": student})).await;
    assert_eq!(file["view"]["state"]["status"], status);
    assert_eq!(file["view"]["state"]["basics"], before["view"]["state"]["basics"]);
    assert!(file["view"]["state"]["unlisted"].is_null());
    // Who left is owed no visit.
    let mut teacher = Phone::of(&app, TEACHER).await;
    teacher.sync().await;
    let owed = teacher.replica.caseload.duties.values().filter(|duty| duty.student == Some(student)).count();
    assert_eq!(owed, usize::from(visited));

    let written = entries(&app).await;
    for again in [is, "FORGOTTEN"] {
        let answer = ask(&mut office, "unlisted", says(student, again)).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "NOT_UNLISTED"));
    }
    assert_eq!(entries(&app).await, written);
}

#[tokio::test]
async fn nobody_else_says_it() {
    let (app, student) = world().await;
    let written = entries(&app).await;
    for (phone, role, _) in EVERYBODY.into_iter().filter(|(phone, ..)| *phone != OFFICE) {
        let mut desk = app.sit_down(phone).await;
        for is in ["TRANSFERRED_OUT", "FORGOTTEN"] {
            let answer = ask(&mut desk, "unlisted", says(student, is)).await;
            let expect = match role {
                // They know the child, and what the roster lacks; to say where it is is not theirs.
                Role::ClassTeacher if phone == TEACHER => 403,
                Role::GradeHead => 403,
                Role::Principal if phone == PRINCIPAL => 403,
                // For them it is a child like any other.
                Role::SubjectTeacher => 422,
                _ => 404,
            };
            assert_eq!(answer.status, expect, "{role:?} {phone}: {answer}");
            assert!(!answer.text().contains(MISSING), "{answer}");
        }
    }
    assert_eq!(entries(&app).await, written);
    assert_eq!(app.count("SELECT count(*) FROM quarantine").await, 0);
}

#[tokio::test]
async fn a_child_that_the_roster_has_is_not_asked_about() {
    let (app, _) = world().await;
    let id: Uuid = sqlx::query_scalar("SELECT id FROM student WHERE name = '王芳'")
        .fetch_one(&app.superuser)
        .await
        .unwrap();
    let mut office = app.sit_down(OFFICE).await;
    let answer = ask(&mut office, "unlisted", says(StudentId(id), "TRANSFERRED_OUT")).await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "NOT_UNLISTED"));
    let answer = ask(&mut office, "unlisted", says(StudentId(Uuid::now_v7()), "TRANSFERRED_OUT")).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn who_comes_back_in_the_next_roster_is_a_pupil_again() {
    let (app, student) = world().await;
    let mut office = app.sit_down(OFFICE).await;
    get(&mut office, "unlisted", says(student, "TRANSFERRED_OUT")).await;
    read(&app, &[child(1, "王芳"), child(2, MISSING)]).await;
    let file = get(&mut office, "student", json!({"id": student})).await;
    assert_eq!(file["view"]["state"]["status"], "ACTIVE");
}

#[tokio::test]
async fn two_of_the_office_say_it_once() {
    let (app, student) = world().await;
    let mut tx = app.state.database.registrar(county()).await.unwrap();
    let grant = Grant { role: Role::Office, scope: Scope::School(school()), cadre: None };
    account::grant(&mut tx, county(), user(GRADE_HEAD), &grant).await.unwrap();
    tx.commit().await.unwrap();
    let (mut one, mut other) = (app.sit_down(OFFICE).await, app.sit_down(GRADE_HEAD).await);
    let written = entries(&app).await;

    // Both have seen that the roster lacks the child, and neither has written yet.
    let mut held = app.superuser.begin().await.unwrap();
    sqlx::query("SELECT FROM student WHERE id = $1 FOR UPDATE")
        .bind(student.0)
        .execute(&mut *held)
        .await
        .unwrap();
    let both = async {
        tokio::join!(
            ask(&mut one, "unlisted", says(student, "TRANSFERRED_OUT")),
            ask(&mut other, "unlisted", says(student, "SUSPENDED"))
        )
    };
    let let_go = async {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&app.superuser).await.unwrap() < 2 {
            tokio::task::yield_now().await;
        }
        held.rollback().await.unwrap();
    };
    let ((out, away), ()) = tokio::join!(both, let_go);
    let (taken, refused) = if out.status == 200 { ("TRANSFERRED_OUT", away) } else { ("SUSPENDED", out) };
    assert_eq!((refused.status, refused.code().as_str()), (422, "NOT_UNLISTED"), "{refused}");
    assert_eq!(entries(&app).await, written + 1);
    let file = get(&mut one, "student", json!({"id": student})).await;
    assert_eq!(file["view"]["state"]["status"], taken);
}
