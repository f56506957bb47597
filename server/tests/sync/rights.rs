//! Row level security says what `domain::access` says, and nothing of the rest comes back over HTTP.

use crate::children::*;
use crate::common::*;
use crate::phone::{Phone, now};
use domain::access::{Facet, MATRIX, Place, may_read};
use domain::actor::{Actor, Grant, Role, Scope, YearOfStage};
use domain::entry::{Body, Subject};
use domain::ids::{KnockId, StudentId, UserId};
use domain::safeguarding::SafeguardingReport;
use domain::sighting::Sighting;
use domain::sync::Progress;
use domain::vocabulary::{Stage, Whereabouts};
use sqlx::Row;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Tables that tell of no person.
const IMPERSONAL: [&str; 4] = ["_sqlx_migrations", "epoch", "kind_reader", "surroundings"];

#[tokio::test]
async fn row_level_security_is_forced_on_every_table_that_tells_of_people() {
    let app = TestApp::empty().await;
    let rows = sqlx::query(
        "SELECT relname, relrowsecurity AND relforcerowsecurity AS forced FROM pg_class
         WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace",
    )
    .fetch_all(&app.superuser)
    .await
    .unwrap();
    assert!(rows.len() > 20);
    for row in rows {
        let (table, forced): (String, bool) = (row.get(0), row.get(1));
        assert!(forced || IMPERSONAL.contains(&table.as_str()), "{table}");
    }
    let mighty = "SELECT count(*) FROM pg_roles WHERE (rolsuper OR rolbypassrls OR rolcreaterole)
         AND rolname IN ('qm_reader', 'qm_applier', 'qm_login', 'qm_registrar', 'qm_colleague', 'qm_app')";
    assert_eq!(app.count(mighty).await, 0);
    let owned = "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
         WHERE c.relkind = 'r' AND r.rolname IN ('qm_reader', 'qm_applier', 'qm_login', 'qm_registrar', 'qm_app')";
    assert_eq!(app.count(owned).await, 0);
}

#[tokio::test]
async fn what_was_received_can_only_grow() {
    let app = TestApp::new().await;
    enrol(&app).await;
    for sql in [
        "UPDATE entry SET raw = ''",
        "DELETE FROM entry",
        "UPDATE received SET answer = '{}'",
        "DELETE FROM received",
        "DELETE FROM student",
        "DELETE FROM access",
        "DELETE FROM duty",
        "UPDATE quarantine SET raw = ''",
        "INSERT INTO entry (county, id, xid, ver) VALUES (qm_county(), gen_random_uuid(), '1'::xid8, 1)",
        "UPDATE kind_reader SET level = 'PLACE'",
        "TRUNCATE entry",
    ] {
        let mut applier = app.state.database.applier(county(), user(OFFICE)).await.unwrap();
        let denied = sqlx::query(sql).execute(&mut *applier).await.unwrap_err();
        assert_eq!(denied.as_database_error().unwrap().code().unwrap(), "42501", "{sql}");
    }
    for sql in [
        "SELECT id_no_hash FROM student",
        "SELECT id_no_cipher FROM student",
        "SELECT * FROM village_answer",
        "SELECT * FROM knock",
        "SELECT * FROM received",
        "SELECT password_hash FROM account",
    ] {
        let mut reader = app.state.database.reader(&actor(OFFICE)).await.unwrap();
        let denied = sqlx::query(sql).execute(&mut *reader).await.unwrap_err();
        assert_eq!(denied.as_database_error().unwrap().code().unwrap(), "42501", "{sql}");
    }
    // The login role itself may nothing before it says who it is.
    let denied = sqlx::query("SELECT * FROM entry").execute(&app.state.database.pool).await.unwrap_err();
    assert_eq!(denied.as_database_error().unwrap().code().unwrap(), "42501");
}

#[tokio::test]
async fn an_applier_sees_and_writes_one_county() {
    let app = TestApp::new().await;
    enrol(&app).await;
    let elsewhere = domain::ids::CountyId(Uuid::new_v4());
    let mut applier = app.state.database.applier(elsewhere, user(OFFICE)).await.unwrap();
    for table in ["entry", "student", "access", "duty", "received", "writer"] {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut *applier).await.unwrap();
        assert_eq!(count, 0, "{table}");
    }
}

struct Stored {
    id: Uuid,
    facet: Facet,
    student: StudentId,
    author: UserId,
}

/// An entry of every facet in the files of two children, by two authors; one of the matters is open.
async fn matrix(app: &TestApp) -> Vec<Stored> {
    let mut stored = Vec::new();
    let mut tx = app.superuser.begin().await.unwrap();
    for student in [girl(), brother()] {
        for author in [user(TEACHER), user(OFFICE)] {
            for (facet, _) in MATRIX.iter().filter(|(facet, _)| *facet != Facet::Student) {
                let id = Uuid::new_v4();
                sqlx::query(
                    "INSERT INTO entry (county, id, facet, kind, subject_kind, subject, student, author,
                       author_name, writer, seq, recorded_at, received_at, raw)
                     VALUES ($1, $2, $3, $3, 'STUDENT', $4, $4, $5, '', $2, 1, now(), now(), '')",
                )
                .bind(county().0)
                .bind(id)
                .bind(facet.code())
                .bind(student.0)
                .bind(author.0)
                .execute(&mut *tx)
                .await
                .unwrap();
                stored.push(Stored { id, facet: *facet, student, author });
            }
        }
    }
    tx.commit().await.unwrap();
    stored
}

#[tokio::test]
async fn row_level_security_and_may_read_are_one_table() {
    let app = TestApp::new().await;
    enrol(&app).await;
    // The girl's matter is open.
    let mut office = Phone::of(&app, OFFICE).await;
    office.write(Subject::Student(girl()), absence(1));
    office.sync().await;
    let stored = matrix(&app).await;
    let ours: Vec<Uuid> = stored.iter().map(|s| s.id).collect();

    let places = |student: StudentId| {
        let school = if student == girl() { school() } else { other_school() };
        let (class, grade) = if student == girl() {
            (class(), Scope::Grade(school, YearOfStage::new(&Stage::Junior, 2026)))
        } else {
            (primary_class(), Scope::Grade(school, YearOfStage::new(&Stage::Primary, 2024)))
        };
        let open = student == girl();
        let mut scopes = vec![class.0, school.0, grade.key()];
        if open {
            scopes.extend([township().0, county().0]);
        }
        Place { county: Some(county()), scopes, open }
    };
    let mut asked = 0;
    for number in [TEACHER, OFFICE, SUBJECT_TEACHER] {
        for role in Role::ALL {
            let wide = matches!(role, Role::Township | Role::County);
            for scope in [
                Scope::Class(class()),
                Scope::Class(other_class()),
                Scope::Grade(school(), YearOfStage::new(&Stage::Junior, 2026)),
                Scope::School(school()),
                Scope::School(other_school()),
                Scope::Village(village()),
                Scope::Township(township()),
                Scope::County(county()),
            ] {
                // Township and county officers have no class; teachers have no township.
                if wide != matches!(scope, Scope::Township(_) | Scope::County(_)) {
                    continue;
                }
                let person = Actor { grants: vec![Grant { role, scope, cadre: None }], ..actor(number) };
                regrant(&app, &person).await;
                let mut tx = app.state.database.reader(&person).await.unwrap();
                let seen: BTreeSet<Uuid> = sqlx::query_scalar("SELECT id FROM entry WHERE id = ANY($1)")
                    .bind(&ours)
                    .fetch_all(&mut *tx)
                    .await
                    .unwrap()
                    .into_iter()
                    .collect();
                for row in &stored {
                    let expect = may_read(&person, row.facet, &places(row.student), Some(row.author));
                    assert_eq!(
                        seen.contains(&row.id),
                        expect,
                        "{role:?} {scope:?} {:?} {:?}",
                        row.facet,
                        row.author == person.user
                    );
                    asked += 1;
                }
                let children: BTreeSet<Uuid> =
                    sqlx::query_scalar("SELECT id FROM student WHERE id = ANY($1)")
                        .bind(vec![girl().0, brother().0])
                        .fetch_all(&mut *tx)
                        .await
                        .unwrap()
                        .into_iter()
                        .collect();
                for student in [girl(), brother()] {
                    let expect = may_read(&person, Facet::Student, &places(student), None);
                    assert_eq!(children.contains(&student.0), expect, "{role:?} {scope:?}");
                }
            }
        }
    }
    assert!(asked > 10_000, "{asked}");
}

/// Gives the person exactly the grants of the actor.
async fn regrant(app: &TestApp, person: &Actor) {
    let mut tx = app.superuser.begin().await.unwrap();
    sqlx::query("DELETE FROM user_scope WHERE user_id = $1")
        .bind(person.user.0)
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query("SELECT set_config('qm.county', $1, true)")
        .bind(person.county.0.to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
    for grant in &person.grants {
        server::account::grant(&mut tx, person.county, person.user, grant).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn each_role_asks_for_what_it_may_not_have_and_gets_no_byte_of_it() {
    // Marks that stand in one kind of entry each.
    const HOME: &str = "记号家访";
    const DOOR: &str = "记号敲门";
    const REPORT: &str = "记号单独上报";
    let app = TestApp::new().await;
    enrol(&app).await;
    let mut teacher = Phone::of(&app, TEACHER).await;
    let mut home = home_visit(TEACHER, now());
    home.remark = Some(HOME.into());
    home.household = HOME.into();
    let mut door = knock_on_door(TEACHER, now());
    door.remark = Some(DOOR.into());
    let report = SafeguardingReport {
        what: REPORT.into(),
        noticed_at: now(),
        place: None,
        reported_to: Vec::new(),
        receipt: None,
    };
    teacher.write_at_door(Subject::Student(girl()), KnockId(Uuid::new_v4()), Body::Visit(home));
    teacher.write_at_door(Subject::Student(girl()), KnockId(Uuid::new_v4()), Body::Visit(door));
    teacher.write(Subject::Student(girl()), Body::SafeguardingReport(report));
    let seen =
        Sighting { seen: true, whereabouts: Whereabouts::Home, on: domain::calendar::local_date(now()) };
    teacher.write(Subject::Student(brother()), Body::Sighting(seen));
    teacher.sync().await;
    assert!(teacher.replica.refused().next().is_none());
    assert!(!teacher.sees(brother()), "a sighting brings nobody into sight");

    //   person,            girl's name, phone,  home visit, door-knock's words, report
    let expect = [
        (SUBJECT_TEACHER, [true, false, false, false, false]),
        (TEACHER, [true, true, true, true, true]),
        (OTHER_TEACHER, [false, false, false, false, false]),
        (PRIMARY_TEACHER, [false, false, false, false, false]),
        (GRADE_HEAD, [true, true, true, true, false]),
        (OFFICE, [true, true, true, true, false]),
        (PRINCIPAL, [true, true, true, true, true]),
        (CADRE, [true, false, false, false, false]),
        (OTHER_CADRE, [false, false, false, false, false]),
        (TOWNSHIP_OFFICER, [true, true, false, true, false]),
        (COUNTY_OFFICER, [true, false, false, true, false]),
        (ADMIN, [false, false, false, false, false]),
        (COUNSELLOR, [false, false, false, false, false]),
        (DESIGNATED, [false, false, false, false, false]),
        (OTHER_PRINCIPAL, [false, false, false, false, false]),
    ];
    for (number, expect) in expect {
        let mut phone = Phone::of(&app, number).await;
        let text = phone.ask().await.text();
        let marks = ["阿依古丽·艾力甲", "14400000077", HOME, DOOR, REPORT];
        let has = marks.map(|mark| text.contains(mark));
        assert_eq!(has, expect, "{number}");
    }

    // And asks to write what is not theirs: kept for the office, with no effect.
    for number in [SUBJECT_TEACHER, OTHER_TEACHER, CADRE, TOWNSHIP_OFFICER, COUNTY_OFFICER, ADMIN, PRINCIPAL]
    {
        let mut phone = Phone::of(&app, number).await;
        let id = phone.write(Subject::Student(boy()), enrolment(basics("假名", school(), class())));
        let answer = phone.ask().await;
        assert!(!answer.text().contains("袁小军") || phone.me.grants[0].role != Role::Cadre, "{number}");
        phone.sync().await;
        assert!(matches!(phone.progress(id), Progress::Quarantined { .. }), "{number}");
    }
    assert_eq!(app.count("SELECT count(*) FROM student WHERE name = '假名'").await, 0);
}
