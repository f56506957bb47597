//! What is said about a row: where it is, what is wrong, what to do. Plain sentences for whoever sits
//! before the file; no sentence holds an id number.

use domain::roster::{Fault, Finding, There, What};

/// The sentence of a finding.
pub(super) fn of(finding: &Finding, sheet: Option<&str>) -> String {
    let Finding { row, column, what, .. } = finding;
    let at = match sheet {
        Some(sheet) => format!("“{sheet}”第 {row} 行"),
        None => format!("第 {row} 行"),
    };
    let named = |else_called: &str| if column.is_empty() { else_called.to_owned() } else { column.clone() };
    match what {
        What::TotalRow { text } => format!("{at}“{text}”已跳过。"),
        What::NoteRow { text } => format!("{at}“{text}”不是学生，已跳过。"),
        What::NameMissing => format!("{at}没有姓名。请补上姓名再导入。"),
        What::NameMerged { first } => {
            format!("{at}的姓名和第 {first} 行合并成一格。一个孩子写一行，请取消合并再导入。")
        }
        What::SchoolOther { code } => format!("{at}学校标识码“{code}”不是本校的。请只留下本校的学生。"),
        What::IdAsNumber => format!(
            "{at} {}：被表格变成了数字，后三位已经丢了（…000）。请从原表把这一列设成“文本”再粘贴。",
            named("身份证件号")
        ),
        What::IdShape { length } => {
            format!("{at} {}：有 {length} 位，应该是 18 位，请对户口簿。", named("身份证件号"))
        }
        What::IdCheck => format!("{at} {}：最后一位对不上，可能抄错一位，请对户口簿。", named("身份证件号")),
        What::IdBirth { by_id: Some(by_id), by_column: Some(by_column) } => {
            format!("{at}：身份证里的生日 {by_id} 和“{}”{by_column} 不一样，请看哪个对。", named("出生日期"))
        }
        What::IdBirth { .. } => {
            format!("{at} {}：里面的生日不是一个日期，可能抄错一位，请对户口簿。", named("身份证件号"))
        }
        What::DateUnreadable { text } => {
            format!("{at} {}“{text}”看不懂，请写成 2013-09-11。", named("出生日期"))
        }
        What::ClassUnknown { text } if text.is_empty() => {
            format!("{at}没有{}。请写成 202603 这样，或已有的班。", named("班号"))
        }
        What::ClassUnknown { text } => {
            format!("{at} {}“{text}”学校里没有。请改成已有的班，或先新建。", named("班号"))
        }
        What::DupId { first } => {
            let first = there(first);
            format!("{at}和{first}是同一个身份证号。只导入{first}。")
        }
        What::DupRow { first } => {
            let first = there(first);
            format!("{at}和{first}同班同名同生日，又都没有证件号。只导入{first}。")
        }
        What::Elsewhere { school } => {
            format!("{at}这个孩子现在在{school}。请那边先办转出，再导入。")
        }
        What::IdNone => format!("{at}没有身份证件号，先导入，证件号待补。"),
        What::IdOther { kind } => format!("{at}证件是“{kind}”，证件号不收，先导入。"),
        What::IdChanged => format!("{at}身份证件号和上次不一样，按姓名和出生日期认作同一个孩子，请核对。"),
        What::BirthNone => format!("{at}没有出生日期，先导入，问到了再补。"),
        What::AgeOdd { age } => format!("{at}年龄 {age} 岁，请看出生日期对不对。"),
        What::GenderDiffers => format!("{at}身份证里的性别和“{}”不一样，请看哪个对。", named("性别")),
        What::RollNoBad => format!("{at}学籍号不是 G、J、L 加 18 位，学籍号留空，其余已导入。"),
        What::VillageUnknown { text } if text.is_empty() => format!("{at}没有住址。先导入，村待补。"),
        What::VillageUnknown { text } => format!("{at}住址认不出是哪个村：“{text}”。先导入，村待补。"),
        What::SameName { other } if other.sheet.is_none() => {
            format!("第 {}、{row} 行同班同名，已按证件号分开，请核对。", other.row)
        }
        What::SameName { other } => format!("{at}和{}同班同名，已按证件号分开，请核对。", there(other)),
        What::NameSpaces { was, now } => format!("{at}名字里有空格，已去掉（{was} → {now}）。"),
        What::NameDot { was, now } => format!("{at}名字的间隔点已统一成“·”（{was} → {now}）。"),
        What::GuardianNone => format!("{at}没有监护人，先导入，问到了再补。"),
        What::PhoneBad { digits, fault } => {
            let wrong = match fault {
                Fault::Short => format!("电话 {digits} 位，少{}位", han(11_usize.saturating_sub(*digits))),
                Fault::Long => format!("电话 {digits} 位，多{}位", han(digits.saturating_sub(11))),
                Fault::Shape => "电话看不懂".into(),
            };
            format!("{at}{wrong}。电话留空，其余已导入。")
        }
        What::Merged { last } => {
            let at = at.replace(" 行", &format!("–{last} 行"));
            format!("{at} {}：合并成一格，每行都照这一格读，请核对。", named("一格"))
        }
        What::GuardianShared { children } => {
            format!("{at}的监护人姓名和电话有 {children} 个孩子都一样，没有当成一家，请核对。")
        }
    }
}

/// 第 33 行, with its sheet where that is another one.
fn there(There { row, sheet }: &There) -> String {
    match sheet {
        Some(sheet) => format!("“{sheet}”第 {row} 行"),
        None => format!("第 {row} 行"),
    }
}

/// What is said once for many rows that had the same done to them.
pub(super) fn of_many(code: &str, count: usize, example: &What) -> Option<String> {
    match (code, example) {
        ("NAME_SPACES", What::NameSpaces { was, now }) => {
            Some(format!("{count} 个名字里有空格，已去掉（{was} → {now}）。"))
        }
        ("NAME_DOT", _) => Some(format!("{count} 个名字的间隔点已统一成“·”。")),
        ("VILLAGE_UNKNOWN", _) => Some(format!("{count} 行住址认不出是哪个村。先导入，村待补。")),
        ("ID_NONE", _) => Some(format!("{count} 行没有身份证件号，先导入，证件号待补。")),
        ("GUARDIAN_NONE", _) => Some(format!("{count} 行没有监护人，先导入，问到了再补。")),
        _ => None,
    }
}

/// Small numbers as people write them: 少一位.
fn han(number: usize) -> String {
    const DIGITS: [&str; 11] = ["零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十"];
    DIGITS.get(number).map_or_else(|| number.to_string(), |digit| (*digit).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// The sentences agreed on, word for word.
    #[rstest]
    #[case(
        37,
        "身份证件号",
        What::IdAsNumber,
        "第 37 行 身份证件号：被表格变成了数字，后三位已经丢了（…000）。请从原表把这一列设成“文本”再粘贴。"
    )]
    #[case(
        52,
        "身份证件号",
        What::IdCheck,
        "第 52 行 身份证件号：最后一位对不上，可能抄错一位，请对户口簿。"
    )]
    #[case(8, "出生日期", What::DateUnreadable { text: "13.9".into() }, "第 8 行 出生日期“13.9”看不懂，请写成 2013-09-11。")]
    #[case(8, "班号", What::ClassUnknown { text: "7-8".into() }, "第 8 行 班号“7-8”学校里没有。请改成已有的班，或先新建。")]
    #[case(91, "现住址", What::VillageUnknown { text: "镇上".into() }, "第 91 行住址认不出是哪个村：“镇上”。先导入，村待补。")]
    #[case(120, "", What::DupId { first: There { row: 33, sheet: None } }, "第 120 行和第 33 行是同一个身份证号。只导入第 33 行。")]
    #[case(5, "身份证件号", What::DupId { first: There { row: 33, sheet: Some("七年级".into()) } }, "第 5 行和“七年级”第 33 行是同一个身份证号。只导入“七年级”第 33 行。")]
    #[case(41, "", What::SameName { other: There { row: 40, sheet: None } }, "第 40、41 行同班同名，已按证件号分开，请核对。")]
    #[case(77, "", What::GuardianNone, "第 77 行没有监护人，先导入，问到了再补。")]
    #[case(15, "联系电话", What::PhoneBad { digits: 10, fault: Fault::Short }, "第 15 行电话 10 位，少一位。电话留空，其余已导入。")]
    #[case(5, "班号", What::Merged { last: 9 }, "第 5–9 行 班号：合并成一格，每行都照这一格读，请核对。")]
    #[case(6, "姓名", What::NameMerged { first: 5 }, "第 6 行的姓名和第 5 行合并成一格。一个孩子写一行，请取消合并再导入。")]
    #[case(504, "", What::TotalRow { text: "合计".into() }, "第 504 行“合计”已跳过。")]
    fn says_it_plainly(#[case] row: u32, #[case] column: &str, #[case] what: What, #[case] expect: &str) {
        assert_eq!(of(&Finding::of(0, row, column, what), None), expect);
    }

    #[test]
    fn two_birthdays_are_both_shown() {
        let day = |text: &str| text.parse().ok();
        let what = What::IdBirth { by_id: day("2013-09-11"), by_column: day("2013-11-09") };
        assert_eq!(
            of(&Finding::of(0, 60, "出生日期", what), Some("七年级")),
            "“七年级”第 60 行：身份证里的生日 2013-09-11 和“出生日期”2013-11-09 不一样，请看哪个对。"
        );
    }
}
