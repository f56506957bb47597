//! Each role asks each function for what lies outside its place: the answer is the one for what does not
//! exist, and holds no name and no number of it.

use crate::children::*;
use crate::common::*;
use crate::lists::{texts_of, workbook};
use crate::phone::{Phone, now};
use crate::world::*;
use domain::actor::Role;
use domain::enrolment::Listing;
use domain::entry::{Body, Subject};
use domain::found_child::FoundChild;
use domain::ids::{ClassId, EntryId, KnockId, SchoolId, StudentId, UserId, VillageId, derived};
use domain::safeguarding::SafeguardingReport;
use domain::sync::Progress;
use domain::visit::Visit;
use domain::vocabulary::Schooling;
use serde_json::{Value, json};
use uuid::Uuid;

const BY_THE_PRIMARY: &str = "作业本都包了书皮";
const REPORTED_THERE: &str = "说不想回家";

/// A quiet child of a school, with one of everything that a desk function names.
struct Outside {
    name: &'static str,
    student: StudentId,
    class: ClassId,
    author: UserId,
    visit: EntryId,
    found: EntryId,
    kept: EntryId,
    reported: EntryId,
    /// Words that only this child's file has.
    words: [&'static str; 3],
}

/// What somebody names in a question.
struct Named {
    student: Uuid,
    class: Uuid,
    author: Uuid,
    village: VillageId,
    visit: Uuid,
    found: Uuid,
    kept: Uuid,
    reported: Uuid,
    words: &'static str,
}

impl Named {
    fn of(outside: &Outside) -> Self {
        Self {
            student: outside.student.0,
            class: outside.class.0,
            author: outside.author.0,
            village: village(),
            visit: outside.visit.0,
            found: outside.found.0,
            kept: outside.kept.0,
            reported: outside.reported.0,
            words: outside.name,
        }
    }

    /// What nobody has ever written.
    fn nothing() -> Self {
        let new = Uuid::now_v7;
        Self {
            student: new(),
            class: new(),
            author: new(),
            village: VillageId(new()),
            visit: new(),
            found: new(),
            kept: new(),
            reported: new(),
            words: "没有这个人",
        }
    }

    /// Every question that names something.
    fn questions(&self) -> Vec<(&'static str, Value)> {
        let Self { student, class, author, village, visit, found, kept, reported, words } = self;
        vec![
            ("visit", json!({"entry": visit})),
            ("review", json!({"entry": visit, "verdict": "SEEN", "words": null})),
            ("review", json!({"entry": visit, "verdict": "PLEASE_ADD", "words": "再写一句"})),
            ("student", json!({"id": student})),
            ("decide", json!({"student": student, "field": "phone", "value": OTHER_NUMBER})),
            ("decide", json!({"student": student, "field": "phone", "value": "14400000070"})),
            ("unlisted", json!({"student": student, "is": "TRANSFERRED_OUT"})),
            ("unlisted", json!({"student": student, "is": "FORGOTTEN"})),
            ("kept", json!({"entry": kept})),
            ("settle", json!({"entry": kept, "how": "TAKEN", "words": null})),
            ("settle", json!({"entry": kept, "how": "RETURNED", "words": "不收"})),
            ("settle", json!({"entry": found, "how": "MOVED", "words": null})),
            ("handle", json!({"handled": {"of": reported, "done": "没事了", "on": "2026-11-20"}})),
            ("visits", json!({"asked": {"place": class}})),
            ("visits", json!({"asked": {"place": class, "author": author, "kind": "HOME_VISIT"}})),
            ("students", json!({"asked": {"place": class}})),
            ("students", json!({"asked": {"words": words}})),
            ("students", json!({"asked": {"place": class, "village": village, "absent": false}})),
        ]
    }
}

/// Every question that names nothing.
fn open_questions() -> Vec<(&'static str, Value)> {
    vec![
        ("begin", json!({})),
        ("visits", json!({"asked": {}})),
        ("villages", json!({})),
        ("students", json!({"asked": {}})),
        ("duties", json!({"page": 0})),
        ("reports", json!({"page": 0})),
    ]
}

async fn quiet(
    app: &TestApp,
    teacher: &mut Phone,
    of: (SchoolId, &'static str, StudentId, ClassId),
) -> Outside {
    let (school, name, student, class) = of;
    let primary = school == other_school();
    let words = if primary {
        [BY_THE_PRIMARY, REPORTED_THERE, "古丽米热·示例"]
    } else {
        [AT_HOME, REPORTED, "热合曼·示例"]
    };
    let [remark, report, child] = words;
    let author = teacher.me.user;
    let at = now() - chrono::Duration::hours(5);
    let visit = Visit { remark: Some(remark.into()), ..home_visit(&teacher.me.phone, at) };
    let visit = teacher.write_at_door(Subject::Student(student), KnockId(Uuid::now_v7()), Body::Visit(visit));
    let (household, schooling) = ("那一家".into(), Schooling::NotInSchool);
    let body = FoundChild { name: child.into(), schooling, about: None, household, village: village() };
    let found = teacher.write(Subject::School(school), Body::FoundChild(body));
    let (place, receipt) = (None, None);
    let reported = teacher.write(
        Subject::Student(student),
        Body::SafeguardingReport(SafeguardingReport {
            what: report.into(),
            noticed_at: now(),
            place,
            reported_to: Vec::new(),
            receipt,
        }),
    );
    teacher.sync().await;
    assert!(teacher.accepted(visit) && teacher.accepted(found));

    // Kept for that school's office: written by somebody of the village.
    let mut stranger = Phone::of(app, OTHER_CADRE).await;
    let kept = stranger.write(Subject::Student(student), absence(0));
    stranger.sync().await;
    assert!(matches!(stranger.progress(kept), Progress::Quarantined { .. }));
    Outside { name, student, class, author, visit, found, kept, reported, words }
}

/// A quiet child of the middle school and one of the primary school, whom its roster lacks by now.
async fn two() -> (World, [Outside; 2]) {
    let mut world = World::new().await;
    let there = StudentId(derived(county().0, "student/5"));
    let enrolled = enrolment(basics("帕提曼·示例", other_school(), primary_class()));
    let lacking = Body::Listing(Listing { listed: false, on: domain::calendar::local_date(now()) });
    crate::imported::write(&world.app, vec![(there, enrolled), (there, lacking)]).await;
    let here = (school(), "袁小军", boy(), class());
    let here = quiet(&world.app, &mut world.teacher, here).await;
    let mut teacher = Phone::of(&world.app, PRIMARY_TEACHER).await;
    teacher.sync().await;
    let there =
        quiet(&world.app, &mut teacher, (other_school(), "帕提曼·示例", there, primary_class())).await;
    (world, [here, there])
}

/// Which of the two lies outside somebody's place.
fn outside_of(phone: &str) -> &'static [usize] {
    match phone {
        PRIMARY_TEACHER | OTHER_PRINCIPAL => &[0],
        OTHER_TEACHER | CADRE | OTHER_CADRE | ADMIN => &[0, 1],
        // In the class of the first one township and county see the child who is missing.
        _ => &[1],
    }
}

/// An answer without what two answers to one question differ in: its number and its moment.
fn said(answer: &Answer) -> (u16, Value) {
    let (status, mut told) = without_number(answer);
    if let Some(told) = told.as_object_mut() {
        told.remove("as_of");
    }
    (status, told)
}

#[tokio::test]
async fn what_lies_outside_answers_like_what_does_not_exist() {
    let (world, both) = two().await;
    let before = world.app.count("SELECT count(*) FROM received").await;
    for (phone, role, _) in EVERYBODY {
        let mut desk = world.desk(phone).await;
        for outside in outside_of(phone).iter().map(|at| &both[*at]) {
            let (named, nothing) = (Named::of(outside).questions(), Named::nothing().questions());
            let secrets: Vec<String> = outside
                .words
                .into_iter()
                .chain([outside.name])
                .map(String::from)
                .chain([outside.visit, outside.found, outside.kept].map(|id| id.to_string()))
                .chain([outside.student.to_string()])
                .collect();
            for ((function, arguments), (_, none)) in named.into_iter().zip(nothing) {
                let answer = ask(&mut desk, function, arguments.clone()).await;
                let of_nothing = ask(&mut desk, function, none).await;
                assert_eq!(said(&answer), said(&of_nothing), "{role:?} {phone} {function} {arguments}");
                holds_none(&answer.text(), &secrets, &format!("{role:?} {phone} {function}"));
            }
            for (function, arguments) in open_questions() {
                let answer = ask(&mut desk, function, arguments).await;
                holds_none(&answer.text(), &secrets, &format!("{role:?} {phone} {function}"));
            }
            for asked in [json!({}), json!({"place": outside.class}), json!({"author": outside.author})] {
                let cells = texts_of(&workbook(&mut desk, asked).await);
                holds_none(&cells, &secrets, &format!("{role:?} {phone} workbook"));
            }
        }
    }
    assert_eq!(world.app.count("SELECT count(*) FROM received").await, before, "nothing was written");
}

fn holds_none(told: &str, secrets: &[String], whose: &str) {
    for secret in secrets {
        assert!(!told.contains(secret.as_str()), "{whose}: {secret}");
    }
}

/// So that the table above cannot hold by asking for nothing.
#[tokio::test]
async fn whose_it_is_gets_an_answer_to_each_of_these_questions() {
    let (world, [here, _]) = two().await;
    let mut office = world.desk(OFFICE).await;
    let mut asked: Vec<&str> = Vec::new();
    for (function, arguments) in Named::of(&here).questions() {
        let answer = ask(&mut office, function, arguments.clone()).await;
        // Nothing is proposed for the boy and his roster has him; what is settled is not settled again.
        let expect: &[u16] = match function {
            "decide" => &[200, 422],
            "unlisted" => &[422],
            "settle" => &[200, 404],
            "handle" => &[404],
            _ => &[200],
        };
        assert!(expect.contains(&answer.status), "{function} {arguments}: {answer}");
        asked.push(function);
    }
    asked.extend(open_questions().iter().map(|(function, _)| *function));
    for (address, _) in app::desk::source::addresses() {
        let function = address.rsplit('/').next().unwrap();
        assert!(asked.contains(&function), "nobody asks {function}");
    }
    let roles: std::collections::BTreeSet<_> = EVERYBODY.iter().map(|(_, role, _)| role.code()).collect();
    assert_eq!(roles.len(), Role::ALL.len());
    let told = ask(&mut office, "visits", json!({"asked": {"place": here.class}})).await.text();
    assert!(told.contains(here.name) && told.contains(&here.visit.to_string()));
}
