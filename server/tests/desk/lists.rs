//! Lists: what filters and words find, and what each total says about when it was counted.

use crate::children::*;
use crate::common::*;
use crate::phone::{Phone, now};
use crate::world::*;
use axum::http::Method;
use calamine::{Reader as _, Xlsx, open_workbook_from_rs};
use chrono::Duration;
use domain::calendar::local_date;
use domain::confirmation::{Confirmation, Projection};
use domain::entry::{Body, Subject};
use domain::ids::EntryId;
use domain::vocabulary::ConfirmationResult;
use rstest::rstest;
use serde_json::{Value, json};
use std::io::Cursor;

/// What stands in the cells of a workbook.
pub fn texts_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer}");
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(answer.body.to_vec())).unwrap();
    let range = book.worksheet_range("走访").unwrap();
    range.cells().map(|(_, _, cell)| format!("{cell}\n")).collect()
}

/// Asks for the workbook as the page's form does.
pub async fn workbook(desk: &mut Client, asked: Value) -> Answer {
    let mut form = desk.clone();
    form.headers.push(("content-type", "application/x-www-form-urlencoded".into()));
    let asked: String = asked.to_string().bytes().map(|byte| format!("%{byte:02x}")).collect();
    let body = format!("asked={asked}").into_bytes();
    form.send(Method::POST, "/api/v1/desk/visits.xlsx", Some(body)).await
}

#[tokio::test]
async fn a_workbook_holds_what_the_list_shows() {
    let world = World::new().await;
    let mut office = world.desk(OFFICE).await;
    let answer = workbook(&mut office, json!({"kind": "DOOR_KNOCK"})).await;
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\"visits-"));
    let texts = texts_of(&answer);
    assert!(texts.starts_with("1 次走访 · 数据到 "), "{texts}");
    for text in ["阿依古丽·艾力甲", "示例中学", "七年级3班", "敲门行动", "等村里", "等看过"]
    {
        assert!(texts.contains(text), "{text} in {texts}");
    }
    assert!(!texts.contains("袁小军"));
    assert_eq!(workbook(&mut office, json!("songs")).await.code(), "MALFORMED");
}

#[rstest]
#[case::all(json!({}), &["阿依古丽·艾力甲", "袁小军"])]
#[case::class(json!({"place": class()}), &["阿依古丽·艾力甲", "袁小军"])]
#[case::other_class(json!({"place": other_class()}), &[])]
#[case::grade(json!({"place": grant(GRADE_HEAD).scope.key()}), &["阿依古丽·艾力甲", "袁小军"])]
#[case::kind(json!({"kind": "HOME_VISIT"}), &["袁小军"])]
#[case::author(json!({"author": user(TEACHER)}), &["阿依古丽·艾力甲", "袁小军"])]
#[case::somebody_else(json!({"author": user(OTHER_TEACHER)}), &[])]
#[case::standing(json!({"standing": "WAITING"}), &["阿依古丽·艾力甲"])]
#[case::late(json!({"late": true}), &["袁小军"])]
#[case::from_today(json!({"from": local_date(now() - Duration::minutes(20))}), &["阿依古丽·艾力甲"])]
#[case::until_yesterday(json!({"to": local_date(now() - Duration::days(1))}), &["袁小军"])]
#[case::second_page(json!({"page": 1}), &[])]
#[tokio::test]
async fn visits_are_found(#[case] asked: Value, #[case] expect: &[&str]) {
    let world = World::new().await;
    let mut office = world.desk(OFFICE).await;
    let page = visits(&mut office, asked).await;
    assert_eq!(names(&page), expect);
    if page["page"] == 0 {
        assert_eq!(page["total"], expect.len());
    }
    assert!(page["as_of"].is_string());
}

#[rstest]
#[case::all("", &["丁示例", "袁小军", "阿依古丽·艾力甲"])]
#[case::part_of_a_name("小军", &["袁小军"])]
#[case::without_the_dot("古丽艾力", &["阿依古丽·艾力甲"])]
#[case::initials("ayg", &["阿依古丽·艾力甲"])]
#[case::initials_in_capitals("YXJ", &["袁小军"])]
#[case::village("五村", &["丁示例", "袁小军", "阿依古丽·艾力甲"])]
#[case::nobody("没有这个人", &[])]
#[case::no_pattern("%", &[])]
#[tokio::test]
async fn children_are_found(#[case] words: &str, #[case] expect: &[&str]) {
    let world = World::new().await;
    let mut office = world.desk(OFFICE).await;
    let page = get(&mut office, "students", json!({"asked": {"words": words}})).await;
    let mut found = names(&page);
    found.sort_unstable();
    assert_eq!(found, expect);
    assert_eq!(page["total"], expect.len());
}

#[tokio::test]
async fn only_the_missing_when_asked_so() {
    let world = World::new().await;
    let mut office = world.desk(OFFICE).await;
    let page = get(&mut office, "students", json!({"asked": {"absent": true}})).await;
    assert_eq!(names(&page), ["阿依古丽·艾力甲"]);
    assert_eq!(page["rows"][0]["absent_since"], json!(local_date(now()) - chrono::Days::new(2)));
}

#[tokio::test]
async fn a_village_is_asked_until_it_answers() {
    let world = World::new().await;
    let mut office = world.desk(OFFICE).await;
    let page = get(&mut office, "villages", json!({})).await;
    assert_eq!(page["total"], 1);
    let village = &page["rows"][0];
    assert_eq!((&village["name"], &village["cadres"][0]["name"]), (&json!("五村"), &json!("吐尔逊·示例")));
    assert_eq!(village["waiting"][0]["children"][0][1], "阿依古丽·艾力甲");

    let file = get(&mut office, "visit", json!({"entry": world.door_knock})).await;
    let started = file["visit"]["entry"]["body"]["started_at"].as_str().unwrap().parse().unwrap();
    let shown = Projection::of(world.knock, &knock_on_door(TEACHER, started)).mark();
    let mut cadre = Phone::of(&world.app, CADRE).await;
    cadre.sync().await;
    let answer =
        Confirmation { result: ConfirmationResult::Confirmed, ..confirmation(by_secret(), Some(shown)) };
    let id: EntryId = cadre.write_at_door(
        Subject::Village(crate::common::village()),
        world.knock,
        Body::Confirmation(answer),
    );
    cadre.sync().await;
    assert!(cadre.accepted(id));

    let page = get(&mut office, "villages", json!({})).await;
    assert_eq!(page["total"], 0);
    assert_eq!(page["rows"][0]["strengths"], json!([["SIGNED_IN", 1]]));
    let page = visits(&mut office, json!({"standing": "CONFIRMED"})).await;
    assert_eq!(names(&page), ["阿依古丽·艾力甲"]);
    let file = get(&mut office, "visit", json!({"entry": world.door_knock})).await;
    assert_eq!(file["line"]["answers"][0]["result"], "CONFIRMED");
}
