use super::*;
use crate::ids::{CountyId, SchoolId, TownshipId, VillageId};
use crate::vocabulary::{Gender, LeftBehind, Relation, SchoolKind, Stage};
use rstest::rstest;
use uuid::Uuid;

const HEADER: &str = "学校标识码,姓名,性别,出生日期,民族,身份证件类型,血型,身份证件号,班号,就读方式,现住址,联系电话,\
    是否留守儿童,班内学号,成员1姓名,成员1关系,成员1现住址,成员1联系电话,成员1身份证件号";
const CHILD: &str = "9901010001,王芳,女,20120315,汉族,居民身份证,A,990101201203150028,202601,走读,示例镇五村7号,\
    14400010001,非留守儿童,1,王建,父亲,外省务工,14400020001,";

fn school() -> School {
    let id = SchoolId::of(CountyId::of("990101"), "9901010001");
    School { id, name: "示例中学".into(), kind: SchoolKind::Junior, phone: String::new() }
}

fn villages() -> Vec<Village> {
    let village = |n: u128, name: &str| Village {
        id: VillageId(Uuid::from_u128(n)),
        code: String::new(),
        name: name.into(),
        township: TownshipId(Uuid::from_u128(9)),
        township_name: "示例镇".into(),
    };
    vec![village(2, "二村"), village(5, "五村")]
}

fn cells(line: &str) -> Vec<Cell> {
    line.split(',').map(|cell| Cell::Text(cell.trim().into())).collect()
}

fn sheet(name: &str, lines: &[Vec<Cell>]) -> Sheet {
    Sheet { name: name.into(), rows: (1..).zip(lines.iter().cloned()).collect(), merged: Vec::new() }
}

fn reading(sheets: &[Sheet], classes: &[Class]) -> Reading {
    let (school, villages) = (school(), villages());
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    read(sheets, &Around { school: &school, code: "9901010001", classes, villages: &villages, today })
}

fn column(name: &str) -> usize {
    cells(HEADER).iter().position(|c| c.text() == name).unwrap()
}

/// One child, with some cells otherwise.
fn with(changed: &[(&str, Cell)]) -> Reading {
    let mut row = cells(CHILD);
    for (name, cell) in changed {
        row[column(name)] = cell.clone();
    }
    reading(&[sheet("学生", &[cells(HEADER), row])], &[])
}

fn text(text: &str) -> Cell {
    Cell::Text(text.into())
}

fn codes(reading: &Reading) -> Vec<&'static str> {
    reading.findings.iter().map(|f| f.what.code()).collect()
}

#[test]
fn takes_a_child_and_only_what_is_needed() {
    let reading = with(&[]);
    assert_eq!((reading.rows, reading.findings.as_slice()), (1, [].as_slice()));
    assert_eq!(reading.unused, ["血型"]);
    let line = &reading.lines[0];
    assert_eq!((line.row, line.id_number.as_ref().unwrap().last4()), (2, "0028"));
    let basics = &line.basics;
    assert_eq!((basics.name.as_str(), &basics.gender), ("王芳", &Gender::Female));
    assert_eq!(basics.birth_date, NaiveDate::from_ymd_opt(2012, 3, 15));
    assert_eq!(basics.class, Class::of(school().id, Stage::Junior, 2026, 1).id);
    assert_eq!(basics.village, Some(VillageId(Uuid::from_u128(5))));
    assert_eq!(basics.left_behind, Some(LeftBehind::No));
    let father = &basics.guardians[0];
    assert_eq!((father.away.as_deref(), &father.relation), (Some("外省务工"), &Relation::Father));
    assert_eq!(reading.new_classes.iter().map(Class::code).collect::<Vec<_>>(), ["202601"]);
}

#[rstest]
#[case::id_as_number("身份证件号", Cell::Number(990_101_201_203_150_000.0), "ID_AS_NUMBER")]
#[case::id_as_text_of_a_number("身份证件号", text("9.90101201203E+17"), "ID_AS_NUMBER")]
#[case::id_with_zeros("身份证件号", text("990101201203150000"), "ID_AS_NUMBER")]
#[case::id_short("身份证件号", text("99010120120315"), "ID_SHAPE")]
#[case::id_check("身份证件号", text("990101201203150020"), "ID_CHECK")]
#[case::id_date("身份证件号", text("990101201002290016"), "ID_BIRTH")]
#[case::birth_differs("出生日期", text("20120316"), "ID_BIRTH")]
#[case::birth_unreadable("出生日期", text("13.9"), "DATE_UNREADABLE")]
#[case::class_spoken("班号", text("7-8"), "CLASS_UNKNOWN")]
#[case::class_of_the_past("班号", text("201901"), "CLASS_UNKNOWN")]
#[case::class_missing("班号", text(""), "CLASS_UNKNOWN")]
#[case::class_odd("班号", text("实验班"), "CLASS_UNKNOWN")]
#[case::name_missing("姓名", text("　"), "NAME_MISSING")]
#[case::other_school("学校标识码", text("9901010002"), "SCHOOL_OTHER")]
fn refuses_with_the_column(#[case] name: &str, #[case] cell: Cell, #[case] code: &str) {
    let other = cells(
        CHILD
            .replace("990101201203150028", "990101201111300156")
            .replace("20120315", "20111130")
            .replace('女', "男")
            .as_str(),
    );
    let mut row = cells(CHILD);
    row[column(name)] = cell;
    // The row of another class keeps the school from having none at all.
    let reading = reading(&[sheet("学生", &[cells(HEADER), row, other])], &[]);
    let refused: Vec<_> = reading.findings.iter().filter(|f| f.what.weight() == Weight::Refuses).collect();
    assert_eq!(refused.len(), 1, "{:?}", reading.findings);
    assert_eq!((refused[0].row, refused[0].what.code()), (2, code));
    assert_eq!(reading.lines.len(), 1, "a refused row stops no other");
    assert_eq!(reading.rows, 2);
    if code != "NAME_MISSING" && code != "ID_BIRTH" {
        assert_eq!(refused[0].column, name);
    }
}

#[rstest]
#[case::no_id("身份证件号", text(""), "ID_NONE")]
#[case::passport("身份证件类型", text("护照"), "ID_OTHER")]
#[case::gender("性别", text("男"), "GENDER_DIFFERS")]
#[case::village("现住址", text("镇上"), "VILLAGE_UNKNOWN")]
#[case::short_phone("联系电话", text("1440001000"), "PHONE_BAD")]
#[case::phone_in_words("成员1联系电话", text("打不通"), "PHONE_BAD")]
#[case::no_guardian("成员1姓名", text(""), "GUARDIAN_NONE")]
#[case::wide_name("姓名", text("王　芳"), "NAME_SPACES")]
#[case::other_dot("姓名", text("阿依古丽•艾力甲"), "NAME_DOT")]
fn takes_with_a_warning(#[case] name: &str, #[case] cell: Cell, #[case] code: &str) {
    let reading = with(&[(name, cell)]);
    assert_eq!(codes(&reading), [code]);
    assert_eq!(reading.findings[0].what.weight(), Weight::Warns);
    assert_eq!(reading.lines.len(), 1);
}

#[test]
fn a_bad_phone_is_left_empty_and_the_rest_is_taken() {
    let reading = with(&[("联系电话", text("1440001000"))]);
    let what = What::PhoneBad { digits: 10, fault: Fault::Short };
    assert_eq!(reading.findings, [Finding::of(0, 2, "联系电话", what)]);
    assert_eq!(reading.lines[0].basics.phone, None);
    let two = with(&[("联系电话", text("14400010001/14400010002"))]);
    assert_eq!(two.lines[0].basics.phone.as_deref(), Some("14400010001"));
    let number = with(&[("联系电话", Cell::Number(14_400_010_001.0))]);
    assert_eq!(number.lines[0].basics.phone.as_deref(), Some("14400010001"));
}

#[rstest]
#[case(text("2012-03-15"))]
#[case(text("2012.3.15"))]
#[case(text("2012年3月15日"))]
#[case(text("２０１２０３１５"))]
#[case(Cell::Number(20_120_315.0))]
#[case(Cell::Number(40_983.0))]
#[case(text(""))]
fn a_birth_date_is_the_same_however_written(#[case] cell: Cell) {
    let reading = with(&[("出生日期", cell)]);
    assert_eq!(codes(&reading), [] as [&str; 0]);
    assert_eq!(reading.lines[0].basics.birth_date, NaiveDate::from_ymd_opt(2012, 3, 15));
}

#[test]
fn skips_titles_blank_rows_totals_notes_and_repeated_headers() {
    let total = cells("合计,,,,,,,,,,,503");
    let rows = [
        cells("示例中学2026年秋季学生基本信息"),
        cells(""),
        cells(HEADER),
        cells(CHILD),
        cells(" , , "),
        cells(HEADER),
        total,
        cells(",填表人：阿孜古丽"),
    ];
    let reading = reading(&[sheet("学生", &rows)], &[]);
    assert_eq!((reading.rows, reading.lines.len(), reading.lines[0].row), (1, 1, 4));
    assert_eq!(codes(&reading), ["TOTAL_ROW", "NOTE_ROW"]);
    assert_eq!(reading.findings[0].row, 7);
}

#[test]
fn takes_columns_in_any_order_and_sheets_by_their_header() {
    let moved = |line: &str| cells(line).into_iter().rev().collect::<Vec<_>>();
    let note = sheet("说明", &[cells("本表由学籍系统导出")]);
    let reading = reading(&[note, sheet("七年级", &[moved(HEADER), moved(CHILD)])], &[]);
    assert_eq!(reading.lines[0].basics.name, "王芳");
    let seen: Vec<_> = reading.sheets.iter().map(|s| (s.name.as_str(), s.rows, s.read)).collect();
    assert_eq!(seen, [("说明", 1, false), ("七年级", 1, true)]);
}

#[test]
fn the_second_of_two_is_the_one_to_mend() {
    let same_id = cells(CHILD);
    let same_name = cells(
        &CHILD
            .replace("990101201203150028", "990101201111300156")
            .replace("20120315", "20111130")
            .replace('女', "男"),
    );
    let grade = |name| sheet(name, &[cells(HEADER), cells(CHILD)]);
    let apart = reading(&[grade("七年级"), grade("八年级")], &[]);
    let reading = reading(&[sheet("学生", &[cells(HEADER), cells(CHILD), same_id, same_name])], &[]);
    let said = |reading: &Reading| -> Vec<_> {
        reading.findings.iter().map(|f| (f.row, f.column.clone(), f.what.clone())).collect()
    };
    let id = || "身份证件号".to_owned();
    let there = |sheet: Option<&str>| There { row: 2, sheet: sheet.map(Into::into) };
    assert_eq!(
        said(&reading),
        [(3, id(), What::DupId { first: there(None) }), (4, id(), What::SameName { other: there(None) })]
    );
    // The first one may stand on another sheet of the file.
    assert_eq!(said(&apart), [(2, id(), What::DupId { first: there(Some("七年级")) })]);
    assert_eq!(reading.lines.len(), 2);
}

#[test]
fn without_an_id_number_the_roll_number_may_hold_it() {
    let header = format!("{HEADER},学籍号");
    let mut row = cells(&format!("{CHILD},G990101201203150028"));
    row[column("身份证件号")] = Cell::Empty;
    let reading = reading(&[sheet("学生", &[cells(&header), row])], &[]);
    assert_eq!(codes(&reading), [] as [&str; 0]);
    let line = &reading.lines[0];
    assert_eq!(line.id_number.as_ref().unwrap().last4(), "0028");
    assert_eq!(line.basics.roll_no.as_deref(), Some("0028"), "the whole of it holds the id number");
}

#[test]
fn a_refused_row_makes_no_class() {
    let mut row = cells(CHILD);
    row[column("身份证件号")] = text("990101201203150020");
    row[column("班号")] = text("202602");
    let reading = reading(&[sheet("学生", &[cells(HEADER), cells(CHILD), row])], &[]);
    assert_eq!(reading.new_classes.iter().map(Class::code).collect::<Vec<_>>(), ["202601"]);
}

#[test]
fn a_spoken_class_must_be_there_unless_none_is() {
    let spoken = |class: &str, classes: &[Class]| {
        let mut row = cells(CHILD);
        row[column("班号")] = text(class);
        reading(&[sheet("学生", &[cells(HEADER), row])], classes)
    };
    let third = Class::of(school().id, Stage::Junior, 2026, 3);
    assert_eq!(spoken("七（3）班", std::slice::from_ref(&third)).lines[0].basics.class, third.id);
    assert_eq!(codes(&spoken("七（4）班", std::slice::from_ref(&third))), ["CLASS_UNKNOWN"]);
    assert_eq!(spoken("七年级3班", &[]).new_classes, [third]);
    assert_eq!(codes(&spoken("三年级1班", &[])), ["CLASS_UNKNOWN"], "no primary class in a middle school");
}
