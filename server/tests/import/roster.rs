//! A roster once, again, corrected, broken.

use crate::common::{OFFICE, TEACHER, TestApp, county, horizon_passes, school, village};
use crate::sheet::{PRIMARY, Row, SCHOOL, child, id_number, sheets, workbook};
use chrono::Utc;
use serde_json::{Value, json};
use server::import::file;
use server::import::places::NewSchool;
use server::import::report::{MissingClass, Report};
use server::import::roster::{Roster, import};
use sqlx::types::Json;
use uuid::Uuid;

async fn read(app: &TestApp, rows: &[Row]) -> Report {
    read_for(app, SCHOOL, rows, false).await.unwrap()
}

async fn read_for(app: &TestApp, code: &str, rows: &[Row], check: bool) -> server::Result<Report> {
    let (sheets, new_school) = (sheets(rows), NewSchool::default());
    let roster = Roster { code, sheets: &sheets, check, new_school: &new_school };
    import(&app.state.database, &app.state.secret, &roster, Utc::now()).await
}

/// New, changed, unchanged, refused, missing.
fn counts(report: &Report) -> [usize; 5] {
    let refused = report.rows - report.accepted;
    [report.new, report.changed, report.unchanged, refused, report.missing.len()]
}

async fn state(app: &TestApp, name: &str) -> Value {
    let query = sqlx::query_scalar("SELECT state FROM student WHERE state #>> '{roster,name}' = $1");
    let Json(state): Json<Value> = query.bind(name).fetch_one(&app.superuser).await.unwrap();
    state
}

async fn written(app: &TestApp) -> i64 {
    app.count("SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM class)").await
}

/// The only roster of the county that a person really had, made of invented children.
fn sample() -> Vec<domain::roster::Sheet> {
    let bytes = include_bytes!("../data/roster-2026-autumn.xlsx");
    file::sheets("roster.xlsx", bytes).unwrap()
}

#[tokio::test]
async fn the_real_file_is_taken_whole_and_invents_no_household() {
    let app = TestApp::empty().await;
    let began = std::time::Instant::now();
    let (sheets, new_school) = (sample(), NewSchool::default());
    let roster = Roster { code: SCHOOL, sheets: &sheets, check: false, new_school: &new_school };
    let run = || import(&app.state.database, &app.state.secret, &roster, Utc::now());
    let report = run().await.unwrap();
    println!("503 rows read in: {:?}", began.elapsed());
    assert_eq!(counts(&report), [503, 0, 0, 0, 0]);
    assert_eq!((report.rows, report.accepted, report.households), (503, 503, 0));
    assert_eq!(report.new_classes.len(), 15);
    assert!(report.unused_columns.contains(&"血型".to_owned()));
    assert_eq!(report.warnings.iter().filter(|w| w.code == "SAME_NAME").count(), 4);

    let before = written(&app).await;
    let again = run().await.unwrap();
    assert_eq!(counts(&again), [0, 0, 503, 0, 0]);
    assert_eq!(written(&app).await, before);
}

#[tokio::test]
async fn a_cell_over_several_children_is_read_for_each_of_them() {
    let app = TestApp::empty().await;
    let no_class = |n, name| child(n, name).with("班号", "").with("成员1姓名", "").with("成员1联系电话", "");
    let rows = [
        child(1, "王芳"),
        no_class(2, "王强"),
        no_class(3, "李雷"),
        // Two rows of one child.
        child(4, "").with("身份证件号", "").with("出生日期", "").with("性别", ""),
        child(5, "韩梅").with("班号", "202605"),
    ];
    let merged = [("班号", 0, 2), ("成员1姓名", 0, 1), ("成员1联系电话", 0, 1), ("姓名", 2, 3)];
    let book = file::sheets("名册.xlsx", &workbook(&rows, &merged)).unwrap();
    let new_school = NewSchool::default();
    let roster = Roster { code: SCHOOL, sheets: &book, check: false, new_school: &new_school };
    let report = import(&app.state.database, &app.state.secret, &roster, Utc::now()).await.unwrap();

    assert_eq!(counts(&report), [4, 0, 0, 1, 0]);
    let said = |code| -> Vec<&str> {
        let all = report.warnings.iter().chain(&report.refused);
        all.filter(|item| item.code == code).map(|item| item.message.as_str()).collect()
    };
    assert_eq!(
        said("MERGED"),
        [
            "第 2–4 行 班号：合并成一格，每行都照这一格读，请核对。",
            "第 2–3 行 成员1姓名：合并成一格，每行都照这一格读，请核对。",
            "第 2–3 行 成员1联系电话：合并成一格，每行都照这一格读，请核对。",
        ]
    );
    assert_eq!(said("NAME_MERGED"), ["第 5 行的姓名和第 4 行合并成一格。一个孩子写一行，请取消合并再导入。"]);
    let (first, second) = (state(&app, "王芳").await, state(&app, "王强").await);
    for path in ["/basics/class", "/basics/guardians/0/name", "/basics/guardians/0/phone"] {
        assert!(first.pointer(path).is_some_and(|value| !value.is_null()), "{path} in {first}");
        assert_eq!(second.pointer(path), first.pointer(path), "{path}");
    }
    let (third, last) = (state(&app, "李雷").await, state(&app, "韩梅").await);
    assert_eq!(third["basics"]["class"], first["basics"]["class"]);
    assert_eq!(third.pointer("/basics/guardians/0/name"), None);
    assert_ne!(last["basics"]["class"], first["basics"]["class"]);
}

#[tokio::test]
async fn a_class_teacher_finds_the_new_children_on_her_phone() {
    let app = TestApp::new().await;
    read(&app, &[child(1, "王　芳"), child(2, "阿依古丽•艾力甲")]).await;
    horizon_passes(&app.superuser).await;
    let mut teacher = app.sign_in(TEACHER).await;
    let request = json!({"protocol": 1, "writer": Uuid::now_v7(), "entries": []});
    let answer = teacher.post("/api/v1/sync", request).await;
    let files = answer.json()["page"]["files"].clone();
    let mut names: Vec<_> = files
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["student"]["state"]["basics"]["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["王芳", "阿依古丽·艾力甲"]);
    assert_eq!(files[0]["student"]["state"]["basics"]["village"], json!(village().0));
    assert!(!answer.text().contains(&id_number("20130915", 2)), "id numbers stay on the server");
}

#[tokio::test]
async fn a_check_says_the_same_and_writes_nothing() {
    let app = TestApp::new().await;
    let rows =
        [child(1, "王芳").with("班号", "202602"), child(2, "李雷").with("身份证件号", "990101201203150020")];
    let before = written(&app).await;
    let checked = read_for(&app, SCHOOL, &rows, true).await.unwrap();
    assert_eq!((counts(&checked), written(&app).await), ([1, 0, 0, 1, 0], before));
    assert_eq!(checked.new_classes, ["202602"]);
    let done = read(&app, &rows).await;
    assert_eq!(counts(&done), counts(&checked));
    assert_eq!(done.refused[0].message, checked.refused[0].message);
}

#[tokio::test]
async fn a_refused_row_stops_no_other_and_tells_what_to_do() {
    let app = TestApp::new().await;
    let rows = [
        child(1, "王芳"),
        child(2, "李雷").with("身份证件号", "990101201203150020"),
        child(3, "赵六").with("出生日期", "13.9"),
        child(4, "孙七").with("班号", "7-8"),
        child(5, "周八").with("身份证件号", &id_number("20130915", 2)),
        child(6, "吴九").with("联系电话", "1440001000"),
    ];
    let report = read(&app, &rows).await;
    assert_eq!((report.rows, report.accepted), (6, 2));
    let refused: Vec<_> = report.refused.iter().map(|r| (r.row, r.column.as_str(), r.code)).collect();
    let expect = [
        (3, "身份证件号", "ID_CHECK"),
        (4, "出生日期", "DATE_UNREADABLE"),
        (5, "班号", "CLASS_UNKNOWN"),
        (6, "身份证件号", "DUP_ID"),
    ];
    assert_eq!(refused, expect);
    assert_eq!(report.refused[3].message, "第 6 行和第 2 行是同一个身份证号。只导入第 2 行。");
    let bad = report.warnings.iter().find(|w| w.code == "PHONE_BAD").unwrap();
    assert_eq!(bad.message, "第 7 行电话 10 位，少一位。电话留空，其余已导入。");
    assert_eq!(state(&app, "吴九").await["basics"].get("phone"), None);
}

#[tokio::test]
async fn a_corrected_file_changes_what_differs_and_not_what_a_teacher_corrected() {
    let app = TestApp::new().await;
    let first = [child(1, "王芳"), child(2, "李雷")];
    read(&app, &first).await;

    // The teacher knows better about one telephone number.
    let student: Uuid = sqlx::query_scalar("SELECT id FROM student WHERE name = '王芳'")
        .fetch_one(&app.superuser)
        .await
        .unwrap();
    let mut teacher = app.sign_in(TEACHER).await;
    let writer = Uuid::now_v7();
    let correction = json!({
        "id": Uuid::now_v7(), "subject": {"student": student}, "recorded_at": Utc::now(), "writer": writer,
        "seq": 1, "kind": "REGISTER", "v": 1,
        "body": {"field": "phone", "from": "14410100001", "to": "14400009999", "source": "PERSON"}
    });
    let answer =
        teacher.post("/api/v1/sync", json!({"protocol": 1, "writer": writer, "entries": [correction]})).await;
    assert_eq!(answer.json()["receipts"][0]["answer"], "accepted", "{answer}");

    // The same file again does not know of it and changes nothing.
    assert_eq!(counts(&read(&app, &first).await), [0, 0, 2, 0, 0]);
    assert_eq!(state(&app, "王芳").await["basics"]["phone"], "14400009999");

    // A corrected one moves the address; the telephone number becomes a question for the office.
    let second =
        [child(1, "王芳").with("联系电话", "14400008888").with("现住址", "示例镇六村1号"), child(2, "李雷")];
    assert_eq!(counts(&read(&app, &second).await), [0, 1, 1, 0, 0]);
    let now = state(&app, "王芳").await;
    assert_eq!(now["basics"]["phone"], "14400009999");
    assert_eq!(now["basics"]["address"], "示例镇六村1号");
    assert_eq!(now["proposals"][0]["value"], "14400008888");
    let asked =
        "SELECT count(*) FROM duty WHERE reason_kind = 'PROPOSAL' AND owner_role = 'OFFICE' AND NOT gone";
    assert_eq!(app.count(asked).await, 1);
    assert_eq!(counts(&read(&app, &second).await), [0, 0, 2, 0, 0], "and again nothing");
}

#[tokio::test]
async fn a_child_the_roster_lacks_is_asked_about_and_stays_as_it_was() {
    let app = TestApp::new().await;
    let both = [child(1, "王芳"), child(2, "李雷")];
    read(&app, &both).await;
    let before = state(&app, "李雷").await["basics"].clone();
    let asked =
        "SELECT count(*) FROM duty WHERE reason_kind = 'UNLISTED' AND owner_role = 'OFFICE' AND NOT gone";
    for _ in 0..2 {
        let report = read(&app, &both[..1]).await;
        assert_eq!(counts(&report), [0, 0, 1, 0, 1]);
        assert_eq!(
            (report.missing[0].name.as_str(), report.missing[0].class.as_str()),
            ("李雷", "七年级3班")
        );
        assert_eq!(state(&app, "李雷").await["basics"], before);
        assert_eq!(app.count(asked).await, 1);
    }
    let mut office = app.sign_in(OFFICE).await;
    horizon_passes(&app.superuser).await;
    let request = json!({"protocol": 1, "writer": Uuid::now_v7(), "entries": []});
    let answer = office.post("/api/v1/sync", request).await;
    let duties = answer.json()["page"]["duties"].clone();
    assert!(duties.as_array().unwrap().iter().any(|d| d["reason"]["why"] == "UNLISTED"), "{answer}");

    // Back in the next file: the question goes.
    assert_eq!(counts(&read(&app, &both).await), [0, 1, 1, 0, 0]);
    assert_eq!(app.count(asked).await, 0);
    assert_eq!(counts(&read(&app, &both).await), [0, 0, 2, 0, 0]);
}

#[tokio::test]
async fn a_class_the_roster_lacks_is_told_of_and_stays_as_it_was() {
    let app = TestApp::new().await;
    let all =
        [child(1, "王芳"), child(2, "李雷").with("班号", "202602"), child(3, "韩梅").with("班号", "202602")];
    assert_eq!(read(&app, &all).await.missing_classes, []);
    let before = (state(&app, "李雷").await, written(&app).await);
    let report = read(&app, &all[..1]).await;
    assert_eq!(counts(&report), [0, 0, 1, 0, 0]);
    assert_eq!(report.missing_classes, [MissingClass { class: "七年级2班".into(), children: 2 }]);
    assert!(report.page().contains("文件里整班没有：七年级2班 2 人。"), "{}", report.page());
    assert_eq!((state(&app, "李雷").await, written(&app).await), before);

    // One that was divided among others is no more, and nobody is missing.
    let divided = all.map(|row| row.with("班号", "202603"));
    let report = read(&app, &divided).await;
    assert_eq!((counts(&report), report.missing_classes), ([0, 2, 1, 0, 0], vec![]));
    assert_eq!(read(&app, &[]).await.missing_classes, [], "an empty file says nothing of any class");
}

#[tokio::test]
async fn a_corrected_legal_guardian_is_a_change() {
    let app = TestApp::new().await;
    let legal = |says: &str| [child(1, "王芳").with("成员1是否监护人", says), child(2, "李雷")];
    read(&app, &legal("是")).await;
    for (says, expect) in [("否", false), ("是", true)] {
        assert_eq!(counts(&read(&app, &legal(says)).await), [0, 1, 1, 0, 0], "{says}");
        let guardian = state(&app, "王芳").await["basics"]["guardians"][0].clone();
        assert_eq!((&guardian["name"], &guardian["legal"]), (&json!("家长1"), &json!(expect)));
        assert_eq!(counts(&read(&app, &legal(says)).await), [0, 0, 2, 0, 0], "{says} again");
    }
}

#[tokio::test]
async fn a_crash_in_the_middle_leaves_nothing_half_done() {
    let app = TestApp::new().await;
    // The last thing an import writes are the id numbers: here that fails.
    app.force("ALTER TABLE student ADD CONSTRAINT crash CHECK (id_no_hash IS NULL)").await;
    let before = written(&app).await;
    let rows = [child(1, "王芳").with("班号", "202602"), child(2, "李雷")];
    assert!(read_for(&app, SCHOOL, &rows, false).await.is_err());
    assert_eq!(written(&app).await, before);
    assert_eq!(app.count("SELECT count(*) FROM student").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM received").await, 0);

    app.force("ALTER TABLE student DROP CONSTRAINT crash").await;
    assert_eq!(counts(&read(&app, &rows).await), [2, 0, 0, 0, 0]);
}

#[tokio::test]
async fn two_at_once_take_each_child_once() {
    let app = TestApp::new().await;
    let rows: Vec<_> = (1..=20).map(|n| child(n, &format!("学生{n}"))).collect();
    let (one, other) =
        tokio::join!(read_for(&app, SCHOOL, &rows, false), read_for(&app, SCHOOL, &rows, false));
    assert_eq!(one.unwrap().new + other.unwrap().new, 20);
    assert_eq!(app.count("SELECT count(*) FROM student").await, 20);
}

#[tokio::test]
async fn an_id_number_is_kept_as_a_keyed_hash_and_sealed() {
    let app = TestApp::new().await;
    read(&app, &[child(1, "王芳")]).await;
    let number = id_number("20130915", 2);
    let (id, hash, cipher, last4): (Uuid, Vec<u8>, Vec<u8>, String) =
        sqlx::query_as("SELECT id, id_no_hash, id_no_cipher, id_no_last4 FROM student")
            .fetch_one(&app.superuser)
            .await
            .unwrap();
    assert_eq!(hash.len(), 32);
    assert_eq!(last4, number[14..]);
    let opened = app.state.secret.open("id number", id.as_bytes(), &cipher).unwrap();
    assert_eq!(opened, number.as_bytes());
    let clear = sqlx::query_scalar::<_, i64>(
        "SELECT count(*) FROM entry e, student s, received r
         WHERE position($1 IN e.raw || s.state::text || r.answer::text) > 0",
    );
    assert_eq!(clear.bind(&number).fetch_one(&app.superuser).await.unwrap(), 0);
}

#[tokio::test]
async fn a_mended_id_number_is_the_same_child() {
    let app = TestApp::new().await;
    read(&app, &[child(1, "王芳"), child(2, "李雷")]).await;
    let mended = child(1, "王芳").with("身份证件号", &id_number("20130915", 500));
    let report = read(&app, &[mended.clone(), child(2, "李雷")]).await;
    assert_eq!(counts(&report), [0, 1, 1, 0, 0]);
    assert!(report.warnings.iter().any(|w| w.code == "ID_CHANGED"));
    assert_eq!(counts(&read(&app, &[mended, child(2, "李雷")]).await), [0, 0, 2, 0, 0]);
    assert_eq!(app.count("SELECT count(*) FROM student").await, 2);
}

#[tokio::test]
async fn a_guardian_in_common_makes_a_household_and_an_address_does_not() {
    let app = TestApp::new().await;
    let mother = |row: Row| row.with("成员1姓名", "热娜·依明乙").with("成员1联系电话", "14400007777");
    let little = mother(child(9, "买买提·艾力甲")).with("学校标识码", PRIMARY).with("班号", "202401");
    let little = little.with("出生日期", "20170915").with("身份证件号", &id_number("20170915", 18));
    let alone = read_for(&app, PRIMARY, std::slice::from_ref(&little), false).await.unwrap();
    assert_eq!((counts(&alone), alone.households), ([1, 0, 0, 0, 0], 0));

    // The sister comes in with the other school's roster; a neighbour shares nothing but the address.
    let rows = [mother(child(1, "阿依古丽·艾力甲")), child(2, "李雷")];
    let report = read(&app, &rows).await;
    assert_eq!((counts(&report), report.households), ([2, 0, 0, 0, 0], 1));
    let (sister, brother) = (state(&app, "阿依古丽·艾力甲").await, state(&app, "买买提·艾力甲").await);
    assert!(sister["basics"]["household"].is_string());
    assert_eq!(sister["basics"]["household"], brother["basics"]["household"]);
    assert_eq!(state(&app, "李雷").await["basics"].get("household"), None);
    let stubs = "SELECT count(*) FROM student WHERE jsonb_array_length(siblings) = 1";
    assert_eq!(app.count(stubs).await, 2);

    // The office says that they are no family: no roster says otherwise again.
    app.force(
        "UPDATE student SET state = state #- '{basics,household}', household = NULL WHERE name LIKE '阿依古丽%'",
    )
    .await;
    assert_eq!(counts(&read(&app, &rows).await), [0, 0, 2, 0, 0]);
    assert_eq!(read_for(&app, PRIMARY, &[little], false).await.unwrap().changed, 0);
    assert_eq!(state(&app, "阿依古丽·艾力甲").await["basics"].get("household"), None);
}

#[tokio::test]
async fn a_guardians_id_number_links_children_too() {
    let app = TestApp::new().await;
    let number = id_number("19850101", 4);
    let rows = [
        child(1, "王芳").with("成员1身份证件号", &number),
        child(2, "王雷").with("成员1身份证件号", &number),
    ];
    assert_eq!(read(&app, &rows).await.households, 1);
    assert_eq!(counts(&read(&app, &rows).await), [0, 0, 2, 0, 0]);
}

#[tokio::test]
async fn a_child_of_another_school_comes_only_when_that_school_lets_go() {
    let app = TestApp::new().await;
    let born = "20150915";
    let number = id_number(born, 30);
    let at = |school: &str, class: &str| {
        child(15, "王芳")
            .with("出生日期", born)
            .with("身份证件号", &number)
            .with("学校标识码", school)
            .with("班号", class)
    };
    read_for(&app, PRIMARY, &[at(PRIMARY, "202401")], false).await.unwrap();
    let report = read(&app, &[at(SCHOOL, "202603")]).await;
    assert_eq!((counts(&report), report.refused[0].code), ([0, 0, 0, 1, 0], "ELSEWHERE"));
    assert_eq!(report.refused[0].message, "第 2 行这个孩子现在在示例小学。请那边先办转出，再导入。");

    // Through with primary school.
    app.force("UPDATE class SET entry_year = 2020 WHERE stage = 'PRIMARY'").await;
    let report = read(&app, &[at(SCHOOL, "202603")]).await;
    assert_eq!((counts(&report), report.refused.len()), ([0, 1, 0, 0, 0], 0));
    assert_eq!(state(&app, "王芳").await["basics"]["school"], json!(school().0));
}

#[tokio::test]
async fn an_unknown_school_is_founded_only_when_the_file_says_it_is_that_one() {
    let app = TestApp::new().await;
    let rows = [child(1, "王芳")];
    let error = read_for(&app, "9901019999", &rows, false).await.unwrap_err();
    assert!(error.to_string().contains("库里没有学校 9901019999"), "{error}");
    let rows = [child(1, "王芳").with("学校标识码", "9901018888")];
    assert_eq!(counts(&read_for(&app, "9901018888", &rows, false).await.unwrap()), [1, 0, 0, 0, 0]);
    let kind = "SELECT count(*) FROM school WHERE code = '9901018888' AND kind = 'JUNIOR'";
    assert_eq!(app.count(kind).await, 1);
    let _ = county();
}

/// A workbook as offices draw it: a title over everything, groups over their columns, single columns over
/// both rows of the header.
fn drawn() -> Vec<domain::roster::Sheet> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let plain = rust_xlsxwriter::Format::new();
    let mut over = |rows: (u32, u32), columns: (u16, u16), text: &str| {
        sheet.merge_range(rows.0, columns.0, rows.1, columns.1, text, &plain).unwrap();
    };
    over((0, 0), (0, 9), "示例中学七年级学生名册");
    for (column, label) in [(0, "序号"), (1, "姓名"), (2, "身份证号"), (3, "班级")] {
        over((1, 2), (column, column), label);
    }
    over((1, 1), (4, 5), "家庭住址");
    over((1, 1), (6, 7), "父亲信息");
    over((1, 1), (8, 9), "母亲信息");
    for (column, label) in (4..).zip(["村", "详细住址", "姓名", "联系电话", "姓名", "联系电话"])
    {
        sheet.write(2, column, label).unwrap();
    }
    for (row, name) in [(3, "王芳"), (4, "李雷")] {
        let id = id_number("20130915", row as usize * 2);
        let cells =
            ["1", name, &id, "七年级3班", "五村", "7号", "王强", "14410200001", "赵敏", "14410200002"];
        for (column, text) in (0..).zip(cells) {
            sheet.write(row, column, text).unwrap();
        }
    }
    file::sheets("名册.xlsx", &book.save_to_buffer().unwrap()).unwrap()
}

#[tokio::test]
async fn a_header_of_two_rows_is_read_like_one() {
    let app = TestApp::new().await;
    let (sheets, new_school) = (drawn(), NewSchool::default());
    let roster = Roster { code: SCHOOL, sheets: &sheets, check: false, new_school: &new_school };
    let run = || import(&app.state.database, &app.state.secret, &roster, Utc::now());
    let report = run().await.unwrap();
    assert_eq!(counts(&report), [2, 0, 0, 0, 0], "{}", report.page());
    let basics = &state(&app, "李雷").await["basics"];
    assert_eq!(basics["village"], json!(village()));
    let guardians = basics["guardians"].as_array().unwrap();
    let told = |n: usize| (guardians[n]["name"].as_str(), guardians[n]["phone"].as_str());
    assert_eq!(told(0), (Some("王强"), Some("14410200001")));
    assert_eq!(told(1), (Some("赵敏"), Some("14410200002")));
    assert_eq!(counts(&run().await.unwrap()), [0, 0, 2, 0, 0]);
}
