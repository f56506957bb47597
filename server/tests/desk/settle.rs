//! 办结: what the office makes of a child found in a house and of an entry that was kept for it; once, by
//! that office alone, and with everything that follows.

use crate::children::*;
use crate::common::*;
use crate::phone::{Phone, now};
use crate::world::*;
use chrono::Days;
use domain::absence::Return;
use domain::actor::{Grant, Role, Scope};
use domain::calendar::local_date;
use domain::entry::{Body, Subject};
use domain::found_child::FoundChild;
use domain::ids::{EntryId, KnockId};
use domain::safeguarding::SafeguardingReport;
use domain::sync::Progress;
use domain::vocabulary::Schooling;
use rstest::rstest;
use serde_json::json;
use server::account::{self, NewAccount, Secured};
use server::password;
use uuid::Uuid;

/// A child whom no roster knows.
const FOUND: &str = "热合曼·示例";
/// The office of the primary school.
const OTHER_OFFICE: &str = "14400000016";

fn found(schooling: Schooling) -> Body {
    let household = "热合曼家".into();
    Body::FoundChild(FoundChild { name: FOUND.into(), schooling, about: None, household, village: village() })
}

/// A child found by the class teacher.
async fn finds(world: &mut World) -> EntryId {
    let id = world.teacher.write(Subject::School(school()), found(Schooling::NotInSchool));
    world.teacher.sync().await;
    assert!(world.teacher.accepted(id));
    id
}

/// The class teacher is none any more, and her phone knows.
async fn loses_the_class(world: &mut World) {
    let mut tx = world.app.state.database.registrar(county()).await.unwrap();
    account::revoke(&mut tx, county(), user(TEACHER), &grant(TEACHER)).await.unwrap();
    tx.commit().await.unwrap();
    world.teacher.sync().await;
}

/// What she then writes is kept for the office.
async fn kept(world: &mut World, subject: Subject, body: Body) -> EntryId {
    loses_the_class(world).await;
    let id = world.teacher.write_at_door(subject, KnockId(Uuid::now_v7()), body);
    world.teacher.sync().await;
    assert!(
        matches!(world.teacher.progress(id), Progress::Quarantined { .. }),
        "{:?}",
        world.teacher.progress(id)
    );
    id
}

async fn kept_absence(world: &mut World) -> EntryId {
    kept(world, Subject::Student(boy()), absence(0)).await
}

/// Somebody of the primary school's office.
async fn other_office(world: &World) -> Client {
    let secured = Secured::Own(password::hash(PASSWORD.into()).await.unwrap());
    let id = user(OTHER_OFFICE);
    let new = NewAccount { id, name: "刘示例".into(), phone: OTHER_OFFICE.into(), secured };
    let grant = Grant { role: Role::Office, scope: Scope::School(other_school()), cadre: None };
    let mut tx = world.app.state.database.registrar(county()).await.unwrap();
    account::create(&mut tx, county(), &new).await.unwrap();
    account::grant(&mut tx, county(), id, &grant).await.unwrap();
    tx.commit().await.unwrap();
    world.desk(OTHER_OFFICE).await
}

async fn settle(desk: &mut Client, of: EntryId, how: &str, words: Option<&str>) -> Answer {
    ask(desk, "settle", json!({"entry": of, "how": how, "words": words})).await
}

/// Settles it, and it is taken.
async fn settled(desk: &mut Client, of: EntryId, how: &str, words: Option<&str>) {
    let answer = settle(desk, of, how, words).await;
    assert_eq!(answer.status, 200, "{how}: {answer}");
}

fn is_not_there(answer: &Answer) {
    assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"), "{answer}");
}

/// Why the office owes what it owes.
async fn owed(desk: &mut Client) -> Vec<String> {
    let page = get(desk, "duties", json!({"page": 0})).await;
    let rows = page["rows"].as_array().unwrap();
    let why = rows.iter().map(|row| row["duty"]["reason"]["why"].as_str().unwrap().to_owned());
    why.filter(|why| why != "PROPOSAL").collect()
}

async fn settlements(world: &World) -> i64 {
    world.app.count("SELECT count(*) FROM entry WHERE kind = 'SETTLEMENT'").await
}

#[rstest]
#[case("IN_SCHOOL")]
#[case("ENROLLED")]
#[case("NOT_OF_AGE")]
#[case("MOVED")]
#[case("MISTAKEN")]
#[tokio::test]
async fn a_found_child_is_settled_once(#[case] how: &str) {
    let mut world = World::new().await;
    let of = finds(&mut world).await;
    let mut office = world.desk(OFFICE).await;
    assert_eq!(owed(&mut office).await, ["FOUND_CHILD"]);

    settled(&mut office, of, how, Some(" 在外婆家 ")).await;
    assert!(owed(&mut office).await.is_empty());
    let said = "SELECT count(*) FROM entry WHERE kind = 'SETTLEMENT' AND subject_kind = 'SCHOOL'
        AND raw::jsonb -> 'body' ->> 'words' = '在外婆家'";
    assert_eq!(world.app.count(said).await, 1);
    // The office's phone hears of it too.
    let mut phone = Phone::of(&world.app, OFFICE).await;
    phone.sync().await;
    assert!(!phone.owed().contains(&"FOUND_CHILD"));

    for again in [how, "MISTAKEN", "TAKEN", "RETURNED"] {
        is_not_there(&settle(&mut office, of, again, Some("又一次")).await);
    }
    assert_eq!(settlements(&world).await, 1);
}

#[tokio::test]
async fn a_child_of_this_school_is_nothing_to_settle() {
    let mut world = World::new().await;
    let of = world.teacher.write(Subject::School(school()), found(Schooling::OurSchool));
    world.teacher.sync().await;
    let mut office = world.desk(OFFICE).await;
    assert!(owed(&mut office).await.is_empty());
    is_not_there(&settle(&mut office, of, "IN_SCHOOL", None).await);
}

#[tokio::test]
async fn nobody_but_that_office_settles() {
    let mut world = World::new().await;
    let found = finds(&mut world).await;
    let kept = kept_absence(&mut world).await;
    let mut others: Vec<(String, Client)> = vec![("other office".into(), other_office(&world).await)];
    for (phone, role, _) in EVERYBODY.into_iter().filter(|(phone, ..)| *phone != OFFICE) {
        others.push((format!("{role:?}"), world.desk(phone).await));
    }
    for (who, desk) in &mut others {
        let nothing = settle(desk, EntryId(Uuid::now_v7()), "TAKEN", None).await;
        is_not_there(&nothing);
        for (of, how) in
            [(found, "MOVED"), (found, "TAKEN"), (kept, "TAKEN"), (kept, "RETURNED"), (kept, "MOVED")]
        {
            let answer = settle(desk, of, how, Some("不是我们的")).await;
            assert_eq!(without_number(&answer), without_number(&nothing), "{who} {how}");
        }
        is_not_there(&ask(desk, "kept", json!({"entry": kept})).await);
    }
    assert_eq!(settlements(&world).await, 0);
    assert_eq!(world.app.count("SELECT count(*) FROM entry WHERE kind = 'ABSENCE'").await, 1, "the girl's");
    let mut office = world.desk(OFFICE).await;
    assert_eq!(owed(&mut office).await, ["FOUND_CHILD", "QUARANTINED"]);
}

#[tokio::test]
async fn what_is_taken_stands_as_its_author_wrote_it() {
    let mut world = World::new().await;
    let of = kept_absence(&mut world).await;
    let mut office = world.desk(OFFICE).await;
    let shown = get(&mut office, "kept", json!({"entry": of})).await;
    assert_eq!((&shown["name"], &shown["waits"]), (&json!("袁小军"), &json!(true)));
    assert_eq!(shown["seen"]["author_name"], "李示例");
    assert_eq!(shown["seen"]["entry"]["body"]["first_absent_on"], json!(local_date(now())));
    let before = get(&mut office, "student", json!({"id": boy()})).await;
    assert!(before["view"]["state"]["absence"].is_null());

    settled(&mut office, of, "TAKEN", None).await;
    let file = get(&mut office, "student", json!({"id": boy()})).await;
    assert_eq!(file["view"]["state"]["absence"]["entry"], json!(of));
    let entries = file["entries"].as_array().unwrap();
    let entry = entries.iter().find(|seen| seen["entry"]["id"] == json!(of)).unwrap();
    assert_eq!(entry["author_name"], "李示例");
    assert_eq!(entry["received_at"], shown["seen"]["received_at"]);
    assert!(owed(&mut office).await.is_empty());
    let owed = "SELECT count(*) FROM duty WHERE reason_kind = 'ABSENT' AND NOT gone";
    assert_eq!(world.app.count(owed).await, 1, "somebody has to go to him");
    let shown = get(&mut office, "kept", json!({"entry": of})).await;
    assert_eq!(shown["waits"], false);

    for how in ["TAKEN", "RETURNED"] {
        is_not_there(&settle(&mut office, of, how, Some("又一次")).await);
    }
    assert_eq!(settlements(&world).await, 1);
    let stands = "SELECT count(*) FROM entry WHERE kind = 'ABSENCE'";
    assert_eq!(world.app.count(stands).await, 2);
}

#[tokio::test]
async fn what_is_returned_stands_nowhere_and_has_a_reason() {
    let mut world = World::new().await;
    let of = kept_absence(&mut world).await;
    let mut office = world.desk(OFFICE).await;
    for words in [None, Some("  ")] {
        let answer = settle(&mut office, of, "RETURNED", words).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "REQUIRED"));
        assert_eq!(answer.json()["field"], "words");
    }
    assert_eq!(settlements(&world).await, 0);

    settled(&mut office, of, "RETURNED", Some("他那天在校")).await;
    assert!(owed(&mut office).await.is_empty());
    let file = get(&mut office, "student", json!({"id": boy()})).await;
    assert!(file["view"]["state"]["absence"].is_null());
    assert!(!file.to_string().contains(&of.to_string()));
    assert_eq!(get(&mut office, "kept", json!({"entry": of})).await["waits"], false);
    for how in ["RETURNED", "TAKEN"] {
        is_not_there(&settle(&mut office, of, how, Some("又一次")).await);
    }
    assert_eq!(settlements(&world).await, 1);
}

#[tokio::test]
async fn what_is_kept_is_taken_or_returned_and_nothing_else() {
    let mut world = World::new().await;
    let of = kept_absence(&mut world).await;
    let mut office = world.desk(OFFICE).await;
    for how in ["IN_SCHOOL", "MISTAKEN", "SONG"] {
        is_not_there(&settle(&mut office, of, how, None).await);
    }
    assert_eq!(owed(&mut office).await, ["QUARANTINED"]);
}

#[tokio::test]
async fn a_kept_visit_brings_all_that_a_visit_brings() {
    let mut world = World::new().await;
    let visit = domain::visit::Visit { remark: Some("门口说的".into()), ..knock_on_door(TEACHER, now()) };
    let of = kept(&mut world, Subject::Student(boy()), Body::Visit(visit)).await;
    let mut office = world.desk(OFFICE).await;
    assert_eq!(names(&visits(&mut office, json!({"kind": "DOOR_KNOCK"})).await), ["阿依古丽·艾力甲"]);
    settled(&mut office, of, "TAKEN", None).await;
    let page = visits(&mut office, json!({"kind": "DOOR_KNOCK", "standing": "WAITING"})).await;
    assert_eq!(names(&page), ["袁小军", "阿依古丽·艾力甲"]);
    // The village is asked.
    let mut cadre = Phone::of(&world.app, CADRE).await;
    cadre.sync().await;
    let asked = cadre.replica.caseload.cards.values().filter(|card| card.asked.is_some()).count();
    assert_eq!(asked, 2);
}

#[tokio::test]
async fn what_would_be_refused_today_waits_on() {
    let mut world = World::new().await;
    let back = Body::Return(Return { returned_on: local_date(now()) - Days::new(5) });
    let of = kept(&mut world, Subject::Student(boy()), back).await;
    let mut phone = Phone::of(&world.app, OFFICE).await;
    phone.write(Subject::Student(boy()), absence(1));
    phone.sync().await;

    let mut office = world.desk(OFFICE).await;
    let answer = settle(&mut office, of, "TAKEN", None).await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "BEFORE_ABSENCE"));
    assert_eq!((settlements(&world).await, owed(&mut office).await), (0, vec!["QUARANTINED".to_owned()]));
    settled(&mut office, of, "RETURNED", Some("他又缺课了")).await;
}

#[tokio::test]
async fn who_wrote_it_may_have_left_altogether() {
    let mut world = World::new().await;
    let of = kept_absence(&mut world).await;
    world.app.force("UPDATE account SET disabled_at = now() WHERE phone = '14400000002'").await;
    let mut office = world.desk(OFFICE).await;
    settled(&mut office, of, "TAKEN", None).await;
    assert_eq!(world.app.count("SELECT count(*) FROM entry WHERE kind = 'ABSENCE'").await, 2);
}

#[tokio::test]
async fn what_is_gone_is_not_there() {
    let mut world = World::new().await;
    let of = kept_absence(&mut world).await;
    world.app.force("UPDATE quarantine SET raw = NULL").await;
    let mut office = world.desk(OFFICE).await;
    is_not_there(&ask(&mut office, "kept", json!({"entry": of})).await);
    is_not_there(&settle(&mut office, of, "TAKEN", None).await);
}

#[tokio::test]
async fn a_kind_of_a_newer_phone_waits_for_a_newer_server() {
    let mut world = World::new().await;
    let song = Body::Unknown { kind: "SONG".into(), version: 1, body: json!({"la": "只给校长看"}) };
    let of = world.teacher.write(Subject::Student(boy()), song);
    world.teacher.sync().await;
    let mut office = world.desk(OFFICE).await;
    let shown = ask(&mut office, "kept", json!({"entry": of})).await;
    assert_eq!(shown.status, 200, "{shown}");
    assert!(!shown.text().contains("只给校长看"), "nobody knows yet who may read it: {shown}");
    let answer = settle(&mut office, of, "TAKEN", None).await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "KIND_UNKNOWN"), "{answer}");
    assert_eq!((settlements(&world).await, owed(&mut office).await), (0, vec!["QUARANTINED".to_owned()]));
    settled(&mut office, of, "RETURNED", Some("请先更新")).await;
    assert!(owed(&mut office).await.is_empty());
}

#[tokio::test]
async fn a_found_child_that_was_kept_is_settled_twice_each_for_what_it_is() {
    let mut world = World::new().await;
    loses_the_class(&mut world).await;
    let of = world.teacher.write(Subject::School(school()), found(Schooling::NotInSchool));
    world.teacher.sync().await;
    let mut office = world.desk(OFFICE).await;
    assert_eq!(owed(&mut office).await, ["QUARANTINED"]);
    is_not_there(&settle(&mut office, of, "MOVED", None).await);
    settled(&mut office, of, "TAKEN", None).await;
    assert_eq!(owed(&mut office).await, ["FOUND_CHILD"]);

    // It stands: there is nothing to take or to return any more.
    assert_eq!(get(&mut office, "kept", json!({"entry": of})).await["waits"], false);
    for how in ["TAKEN", "RETURNED"] {
        is_not_there(&settle(&mut office, of, how, Some("又一次")).await);
    }
    assert_eq!(owed(&mut office).await, ["FOUND_CHILD"]);
    settled(&mut office, of, "ENROLLED", None).await;
    assert!(owed(&mut office).await.is_empty());
}

#[tokio::test]
async fn two_of_the_office_settle_once() {
    let mut world = World::new().await;
    let of = kept_absence(&mut world).await;
    let mut tx = world.app.state.database.registrar(county()).await.unwrap();
    let grant = Grant { role: Role::Office, scope: Scope::School(school()), cadre: None };
    account::grant(&mut tx, county(), user(GRADE_HEAD), &grant).await.unwrap();
    tx.commit().await.unwrap();
    let (mut one, mut other) = (world.desk(OFFICE).await, world.desk(GRADE_HEAD).await);

    // Both have seen that it waits, and neither has written yet.
    let mut held = world.app.superuser.begin().await.unwrap();
    sqlx::query("SELECT FROM duty WHERE reason_kind = 'QUARANTINED' FOR UPDATE")
        .execute(&mut *held)
        .await
        .unwrap();
    let both = async {
        tokio::join!(settle(&mut one, of, "TAKEN", None), settle(&mut other, of, "RETURNED", Some("不对")))
    };
    let let_go = async {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&world.app.superuser).await.unwrap() < 2 {
            tokio::task::yield_now().await;
        }
        held.rollback().await.unwrap();
    };
    let ((taken, returned), ()) = tokio::join!(both, let_go);
    let mut statuses = [taken.status, returned.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404], "{taken} {returned}");
    assert_eq!(settlements(&world).await, 1);
    let stands = world.app.count("SELECT count(*) FROM entry WHERE kind = 'ABSENCE'").await;
    assert_eq!(stands, 1 + i64::from(taken.status == 200));
}

/// 单独上报 is read by the headteacher and the designated person: also when its author's right had ended,
/// and when the village writes it of a child of another village.
#[tokio::test]
async fn a_report_is_never_kept_for_the_office() {
    let mut world = World::new().await;
    loses_the_class(&mut world).await;
    let report = |what: &str| {
        let (place, receipt) = (None, None);
        let what = what.into();
        Body::SafeguardingReport(SafeguardingReport {
            what,
            noticed_at: now(),
            place,
            reported_to: vec![],
            receipt,
        })
    };
    let mut cadre = Phone::of(&world.app, OTHER_CADRE).await;
    let heard = "邻居听见哭声";
    for (phone, words) in [(&mut world.teacher, "离任以后看到的"), (&mut cadre, heard)] {
        let id = phone.write(Subject::Student(boy()), report(words));
        phone.sync().await;
        assert!(phone.accepted(id), "{:?}", phone.progress(id));
    }
    let mut office = world.desk(OFFICE).await;
    let told = ask(&mut office, "duties", json!({"page": 0})).await.text();
    assert!(!told.contains("QUARANTINED"), "{told}");
    let mut principal = world.desk(PRINCIPAL).await;
    let reports = get(&mut principal, "reports", json!({"page": 0})).await.to_string();
    assert!(reports.contains("离任以后看到的") && reports.contains(heard), "{reports}");
}
