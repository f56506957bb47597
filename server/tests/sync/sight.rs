//! Who gets what: children come into sight and go, whole; the order loses nothing.

use crate::children::*;
use crate::common::*;
use crate::phone::{Phone, now};
use domain::absence::Return;
use domain::actor::{Grant, Role, Scope};
use domain::calendar::local_date;
use domain::entry::{Body, Subject};
use domain::ids::KnockId;
use domain::register::{Register, Source};
use domain::safeguarding::{Authority, SafeguardingHandled, SafeguardingReport};
use domain::sync::Progress;
use domain::sync::{Answer as Receipted, SyncResponse};
use serde_json::{Value, json};
use server::account;
use uuid::Uuid;

fn to_class(from: domain::ids::ClassId, to: domain::ids::ClassId) -> Body {
    let (from, to) = (Some(from.to_string()), Some(to.to_string()));
    Body::Register(Register { field: "class".into(), from, to, source: Source::Person })
}

async fn world() -> (TestApp, Phone) {
    let app = TestApp::new().await;
    enrol(&app).await;
    let mut teacher = Phone::of(&app, TEACHER).await;
    teacher.sync().await;
    (app, teacher)
}

#[tokio::test]
async fn a_child_that_changes_class_changes_hands() {
    let (app, mut teacher) = world().await;
    let mut next = Phone::of(&app, OTHER_TEACHER).await;
    next.sync().await;
    let mut office = Phone::of(&app, OFFICE).await;
    office.write(Subject::Student(girl()), to_class(class(), other_class()));
    office.sync().await;
    teacher.sync().await;
    next.sync().await;
    assert!(!teacher.sees(girl()) && next.sees(girl()));
    assert_eq!(next.file(girl()).entries.len(), 2, "the whole file came");
    assert_eq!(teacher.owed(), ["TERM_VISIT"], "and the duty went along");
    assert_eq!(next.owed(), ["TERM_VISIT", "TERM_VISIT"]);
}

#[tokio::test]
async fn what_was_written_before_the_child_left_is_taken() {
    let (app, mut teacher) = world().await;
    let mut office = Phone::of(&app, OFFICE).await;
    office.write(Subject::Student(girl()), to_class(class(), other_class()));
    office.sync().await;

    let visit = home_visit(TEACHER, now());
    let honest = teacher.write_at_door(Subject::Student(girl()), KnockId(Uuid::new_v4()), Body::Visit(visit));
    teacher.sync().await;
    assert!(teacher.accepted(honest), "{:?}", teacher.progress(honest));
    assert!(!teacher.sees(girl()));

    // Now the phone knows.
    let late = teacher.write(Subject::Student(girl()), absence(1));
    teacher.sync().await;
    assert!(matches!(teacher.progress(late), Progress::Quarantined { .. }));
    office.sync().await;
    assert!(office.owed().contains(&"QUARANTINED"));
    assert_eq!(app.count("SELECT count(*) FROM entry WHERE kind = 'ABSENCE'").await, 0);
}

#[tokio::test]
async fn a_grant_that_goes_takes_the_children_along_but_not_yesterdays_work() {
    let (app, mut teacher) = world().await;
    let mut tx = app.state.database.registrar(county()).await.unwrap();
    account::revoke(&mut tx, county(), user(TEACHER), &grant(TEACHER)).await.unwrap();
    tx.commit().await.unwrap();

    let honest = teacher.write(Subject::Student(girl()), absence(1));
    teacher.sync().await;
    assert!(teacher.accepted(honest), "{:?}", teacher.progress(honest));
    assert!(teacher.replica.caseload.files.is_empty() && teacher.owed().is_empty());
    let late = teacher.write(Subject::Student(boy()), absence(1));
    teacher.sync().await;
    assert!(matches!(teacher.progress(late), Progress::Quarantined { .. }));
}

#[tokio::test]
async fn a_new_grant_brings_its_children_whole() {
    let (app, mut teacher) = world().await;
    let mut tx = app.state.database.registrar(county()).await.unwrap();
    let grant = Grant { role: Role::ClassTeacher, scope: Scope::Class(other_class()), cadre: None };
    account::grant(&mut tx, county(), user(TEACHER), &grant).await.unwrap();
    tx.commit().await.unwrap();
    teacher.sync().await;
    assert!(teacher.sees(girl()) && teacher.sees(boy()) && teacher.sees(other()));
    assert_eq!(teacher.file(other()).entries.len(), 1);
}

#[tokio::test]
async fn township_and_county_look_on_while_a_matter_is_open() {
    let (app, mut teacher) = world().await;
    let mut township = Phone::of(&app, TOWNSHIP_OFFICER).await;
    let mut bureau = Phone::of(&app, COUNTY_OFFICER).await;
    let visit = home_visit(TEACHER, now());
    teacher.write_at_door(Subject::Student(girl()), KnockId(Uuid::new_v4()), Body::Visit(visit));
    teacher.sync().await;
    for phone in [&mut township, &mut bureau] {
        phone.sync().await;
        assert!(phone.replica.caseload.files.is_empty());
    }
    teacher.write(Subject::Student(girl()), absence(2));
    teacher.sync().await;
    for phone in [&mut township, &mut bureau] {
        phone.sync().await;
        assert_eq!(phone.replica.caseload.files.len(), 1);
        assert!(phone.file(girl()).student.state.visits.is_empty(), "a home visit is the school's");
    }
    assert_eq!(township.file(girl()).entries.len(), 1);
    assert_eq!(bureau.file(girl()).entries.len(), 0);
    let back = Return { returned_on: local_date(now()) };
    teacher.write(Subject::Student(girl()), Body::Return(back));
    teacher.sync().await;
    for phone in [&mut township, &mut bureau] {
        phone.sync().await;
        assert!(phone.replica.caseload.files.is_empty());
    }
}

#[tokio::test]
async fn a_correction_that_meets_a_newer_one_becomes_a_proposal() {
    let (app, mut teacher) = world().await;
    let phone_number = |from: &str, to: &str, source| {
        let (from, to) = (Some(from.into()), Some(to.into()));
        Body::Register(Register { field: "phone".into(), from, to, source })
    };
    teacher.write(Subject::Student(girl()), phone_number("14400000077", "14400000078", Source::Person));
    teacher.sync().await;
    let mut office = Phone::of(&app, OFFICE).await;
    office.write(Subject::Student(girl()), phone_number("14400000077", "14400000079", Source::Roster));
    office.sync().await;
    assert_eq!(office.owed(), ["PROPOSAL"]);
    let state = &office.file(girl()).student.state;
    assert_eq!(state.basics.as_ref().unwrap().phone.as_deref(), Some("14400000078"));
    assert_eq!(state.proposals[0].value.as_deref(), Some("14400000079"));
    let forged =
        teacher.write(Subject::Student(girl()), phone_number("14400000078", "14400000076", Source::Decision));
    teacher.sync().await;
    assert_eq!(teacher.refused(forged), ["NOT_YOURS"]);
}

/// Everything a person's phone is told, from the beginning, as one value. What moves with every
/// transaction of the cluster (the cursor, the clock) is left out.
async fn told(app: &TestApp, number: &str) -> Value {
    let mut client = app.sign_in(number).await;
    let mut pages = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let writer = Uuid::nil();
        let request = json!({"protocol": 1, "writer": writer, "cursor": cursor});
        let answer = client.post("/api/v1/sync", request).await;
        assert_eq!(answer.status, 200, "{answer}");
        let mut page = answer.json()["page"].take();
        cursor = page["cursor"].take();
        let more = page["more"] == true;
        pages.push(page);
        if !more {
            return Value::Array(pages);
        }
    }
}

/// What everybody's phones know before something happens.
struct Before {
    /// Fetched from the beginning.
    told: Vec<(&'static str, Value)>,
    /// Phones that are up to date.
    phones: Vec<(&'static str, Phone)>,
}

impl Before {
    async fn of(app: &TestApp) -> Self {
        let (mut told_all, mut phones) = (Vec::new(), Vec::new());
        for (number, ..) in EVERYBODY {
            told_all.push((number, told(app, number).await));
            let mut phone = Phone::of(app, number).await;
            phone.sync().await;
            phones.push((number, phone));
        }
        Self { told: told_all, phones }
    }

    /// Who hears anything of what happened since, and who of them reads these words.
    async fn heard(self, app: &TestApp, words: &str) -> (Vec<&'static str>, Vec<&'static str>) {
        let (mut heard, mut read) = (Vec::new(), Vec::new());
        for ((number, before), (_, mut phone)) in self.told.into_iter().zip(self.phones) {
            let after = told(app, number).await;
            let cursor = phone.replica.cursor;
            let (response, _) = phone.exchange().await;
            assert_eq!(before != after, response.page.cursor != cursor, "{number}");
            heard.extend((before != after).then_some(number));
            read.extend(after.to_string().contains(words).then_some(number));
        }
        (heard, read)
    }
}

#[tokio::test]
async fn a_mandatory_report_changes_no_byte_that_others_receive() {
    let (app, mut teacher) = world().await;
    let knock = KnockId(Uuid::new_v4());
    let visit = Body::Visit(knock_on_door(TEACHER, now()));
    teacher.write_at_door(Subject::Student(girl()), knock, visit.clone());
    teacher.sync().await;

    let before = Before::of(&app).await;
    let report = SafeguardingReport {
        what: "身上有伤".into(),
        noticed_at: now(),
        place: None,
        reported_to: Vec::new(),
        receipt: None,
    };
    let id = teacher.write_at_door(Subject::Student(girl()), knock, Body::SafeguardingReport(report));
    teacher.sync().await;
    assert!(teacher.accepted(id), "{:?}", teacher.progress(id));
    let (heard, read) = before.heard(&app, "身上有伤").await;
    assert_eq!(heard, [TEACHER, PRINCIPAL, DESIGNATED]);
    assert_eq!(read, [TEACHER, PRINCIPAL], "the designated person reads at the desk");

    // What is written after it tells nothing of it either: no gap in anybody's numbers.
    let after = teacher.write(Subject::Student(girl()), absence(1));
    teacher.sync().await;
    assert!(teacher.accepted(after));
    let office = told(&app, OFFICE).await.to_string();
    assert!(office.contains("ABSENCE") && !office.contains(&teacher.replica.writer.to_string()));
    let mut principal = Phone::of(&app, PRINCIPAL).await;
    principal.sync().await;
    assert_eq!(principal.owed(), ["SAFEGUARDING"]);

    // Nor does what is done about it, to anybody but those who owe it; her who wrote the report included.
    let before = Before::of(&app).await;
    let handled = |done: &str| {
        Body::SafeguardingHandled(SafeguardingHandled {
            of: id,
            done: done.into(),
            on: local_date(now()),
            reported_to: vec![Authority::Police],
            receipt: None,
        })
    };
    let mut designated = Phone::of(&app, DESIGNATED).await;
    let done = designated.write(Subject::Student(girl()), handled("派出所来过"));
    designated.sync().await;
    assert!(designated.accepted(done), "{:?}", designated.progress(done));
    let (heard, read) = before.heard(&app, "派出所来过").await;
    assert_eq!(heard, [PRINCIPAL, DESIGNATED]);
    assert_eq!(read, [PRINCIPAL]);
    principal.sync().await;
    assert!(principal.owed().is_empty() && designated.owed().is_empty(), "{:?}", principal.owed());

    // Who has no right to say so is told nothing, and no office is asked.
    for number in [OFFICE, TEACHER, CADRE, OTHER_PRINCIPAL] {
        let mut phone = Phone::of(&app, number).await;
        let id = phone.write(Subject::Student(girl()), handled("没事了"));
        phone.sync().await;
        assert_eq!(phone.refused(id), ["NOT_YOURS"], "{number}");
    }
    assert_eq!(app.count("SELECT count(*) FROM quarantine").await, 0);
}

#[tokio::test]
async fn a_restored_server_begins_a_new_epoch() {
    let (app, mut teacher) = world().await;
    let id = teacher.write(Subject::Student(girl()), absence(1));
    teacher.sync().await;
    assert!(teacher.accepted(id));
    // The backup is from before the absence.
    app.force("DELETE FROM entry WHERE kind = 'ABSENCE'").await;
    app.force("DELETE FROM received WHERE answer->>'answer' = 'accepted' AND writer IN (SELECT w.id FROM writer w JOIN account a ON a.id = w.user_id AND a.phone = '14400000002')").await;
    app.force("DELETE FROM writer WHERE user_id = (SELECT id FROM account WHERE phone = '14400000002')")
        .await;
    app.force("UPDATE student SET state = state - 'absence'").await;
    // It was read into a cluster of its own, whose transactions have not got that far.
    for table in [
        "UPDATE entry SET xid = (xid::text::bigint + 1000000)::text::xid8",
        "UPDATE student SET xid = (xid::text::bigint + 1000000)::text::xid8",
        "ALTER TABLE access DISABLE TRIGGER USER",
        "UPDATE access SET xid = (xid::text::bigint + 1000000)::text::xid8",
        "ALTER TABLE access ENABLE TRIGGER USER",
    ] {
        app.force(table).await;
    }
    let unseen = told(&app, TEACHER).await;
    assert!(unseen[0]["files"].is_null(), "no pull shows what lies ahead");
    let restored = server::restored::begin_epoch(&app.owner()).await.unwrap();
    assert_eq!(restored.epoch, 2);
    assert!(restored.moved > 3, "{restored:?}");
    assert!(told(&app, TEACHER).await[0]["files"].is_array());
    let forced = "SELECT count(*) FROM pg_class WHERE relname IN ('entry', 'access') AND relforcerowsecurity";
    assert_eq!(app.count(forced).await, 2, "and all is as closed as before");

    teacher.sync().await;
    assert!(teacher.accepted(id));
    assert_eq!(app.count("SELECT count(*) FROM entry WHERE kind = 'ABSENCE'").await, 1);
    assert!(teacher.file(girl()).student.state.absence.is_some());
}

#[tokio::test]
async fn what_the_roster_said_stays_and_where_the_child_stands_is_told_once() {
    let (app, _) = world().await;
    let told = told(&app, TEACHER).await.to_string();
    assert_eq!(told.matches("\"ENROLMENT\"").count(), told.matches("\"address\"").count(), "{told}");
    assert!(told.contains("\"address\""));
}

#[tokio::test]
async fn a_first_pull_comes_in_pages_and_whole() {
    let (app, _) = world().await;
    let many: Vec<_> = (0..1200_u32)
        .map(|n| {
            let id = domain::ids::StudentId(domain::ids::derived(county().0, &format!("many/{n}")));
            (id, enrolment(basics(&format!("学生{n}"), other_school(), primary_class())))
        })
        .collect();
    let answers = crate::imported::write(&app, many).await;
    assert!(answers.iter().all(|a| matches!(a, Receipted::Accepted { .. })));
    let mut principal = Phone::of(&app, OTHER_PRINCIPAL).await;
    horizon_passes(&app.superuser).await;
    let mut pages = Vec::new();
    loop {
        let (response, changes): (SyncResponse, _) = principal.exchange().await;
        pages.push((response.page.reset, response.page.files.len(), response.page.entries.len()));
        if !changes.more {
            break;
        }
    }
    assert_eq!(pages, [(true, 1000, 0), (false, 201, 0)]);
    assert_eq!(principal.replica.caseload.files.len(), 1201);
    let (response, _) = principal.exchange().await;
    assert_eq!(response.page.files.len() + response.page.entries.len() + response.page.students.len(), 0);
}
