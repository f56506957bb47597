//! What each role of the database may touch, as far as people, places and sessions go.

use crate::common::*;
use rstest::rstest;
use server::database::{Transaction, now_oneself};
use sqlx::Connection as _;

async fn seen(tx: &mut Transaction, sql: &'static str) -> Option<i64> {
    let mut inner = tx.begin().await.unwrap();
    let seen = sqlx::query_scalar(sql).fetch_one(&mut *inner).await.ok();
    inner.rollback().await.unwrap();
    seen
}

const ACCOUNTS: &str = "SELECT count(*) FROM account";
const HASHES: &str = "SELECT count(password_hash) FROM account";
const SESSIONS: &str = "SELECT count(*) FROM session";
const GRANTS: &str = "SELECT count(*) FROM user_scope";
const LOGINS: &str = "SELECT count(*) FROM account_login";
const VAULTS: &str = "SELECT count(*) FROM vault";
const VILLAGES: &str = "SELECT count(*) FROM village";

#[tokio::test]
async fn the_login_role_alone_may_touch_nothing() {
    let app = TestApp::new().await;
    for sql in [ACCOUNTS, SESSIONS, GRANTS, LOGINS, VAULTS, VILLAGES] {
        let refused = sqlx::query_scalar::<_, i64>(sql).fetch_one(&app.state.database.pool).await;
        assert!(refused.is_err(), "{sql}");
    }
    let bypasses = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'qm\\_%' AND (rolbypassrls OR rolsuper)";
    assert_eq!(app.count(bypasses).await, 0);
    let owned = "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
                 WHERE c.relkind = 'r' AND r.rolname LIKE 'qm\\_%' AND r.rolname <> 'qm_owner'";
    assert_eq!(app.count(owned).await, 0);
}

#[tokio::test]
async fn what_is_acknowledged_is_on_disk_whatever_the_database_was_set_to() {
    let app = TestApp::empty().await;
    let setting: String =
        sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&app.state.database.pool).await.unwrap();
    assert_eq!(setting, "on");
    let setting: String =
        sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&app.superuser).await.unwrap();
    assert_eq!(setting, "off", "the cluster of tests would rather be fast");
}

#[tokio::test]
async fn signing_in_sees_one_account_and_its_sessions() {
    let app = TestApp::new().await;
    let everybody = EVERYBODY.len() as i64;
    for phone in [TEACHER, OFFICE, CADRE] {
        app.sign_in(phone).await;
    }
    let mut tx = app.state.database.login().await.unwrap();
    for (sql, count) in [(LOGINS, everybody), (ACCOUNTS, 0), (SESSIONS, 0), (GRANTS, 0), (VAULTS, 0)] {
        assert_eq!(seen(&mut tx, sql).await, Some(count), "{sql}");
    }
    now_oneself(&mut tx, county(), user(TEACHER)).await.unwrap();
    for (sql, count) in [(HASHES, 1), (SESSIONS, 1), (GRANTS, 1), (VAULTS, 1)] {
        assert_eq!(seen(&mut tx, sql).await, Some(count), "{sql}");
    }
}

#[rstest]
#[case::reader(Who::Reader)]
#[case::applier(Who::Applier)]
#[tokio::test]
async fn what_reads_and_applies_knows_no_password_and_no_session(#[case] who: Who) {
    let app = TestApp::new().await;
    let mut tx = who.begin(&app).await;
    for sql in [HASHES, SESSIONS, LOGINS, VAULTS] {
        assert_eq!(seen(&mut tx, sql).await, None, "{sql}");
    }
    assert_eq!(seen(&mut tx, VILLAGES).await, Some(2));
}

#[tokio::test]
async fn another_county_is_not_there() {
    let app = TestApp::new().await;
    let elsewhere = domain::ids::CountyId::of("990102");
    let mut registrar = app.state.database.registrar(elsewhere).await.unwrap();
    for sql in [ACCOUNTS, GRANTS, LOGINS, SESSIONS, VILLAGES, "SELECT count(*) FROM class"] {
        assert_eq!(seen(&mut registrar, sql).await, Some(0), "{sql}");
    }
    let into_ours = sqlx::query("INSERT INTO township (county, id, name) VALUES ($1, $2, '某镇')")
        .bind(county().0)
        .bind(uuid::Uuid::new_v4())
        .execute(&mut *registrar)
        .await;
    assert!(into_ours.is_err());
}

#[derive(Debug)]
enum Who {
    Reader,
    Applier,
}

impl Who {
    async fn begin(&self, app: &TestApp) -> Transaction {
        let database = &app.state.database;
        match self {
            Self::Reader => database.reader(&actor(TEACHER)).await.unwrap(),
            Self::Applier => database.applier(county(), user(TEACHER)).await.unwrap(),
        }
    }
}

#[tokio::test]
async fn what_a_person_asks_for_is_read_only() {
    let app = TestApp::new().await;
    let mut tx = app.state.database.reader(&actor(OFFICE)).await.unwrap();
    let refused = sqlx::query("UPDATE user_scope SET cadre = 'HEAD'").execute(&mut *tx).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn names_come_back_as_they_went_in() {
    let app = TestApp::new().await;
    let mut tx = app.state.database.applier(county(), user(OFFICE)).await.unwrap();
    let found = server::directory::actor(&mut tx, county(), user(CADRE)).await.unwrap();
    assert_eq!(found, Some(actor(CADRE)));
}
