//! What a staff list says: people with posts, villages with cadres. Pure; who exists already and what
//! is made of it is one module up.

use crate::import::report::Item;
use domain::actor::Role;
use domain::roster::{Cell, Sheet};
use domain::vocabulary::CadreRole;

/// A list as it stands in the file.
#[derive(Debug, Default)]
pub(crate) struct StaffList {
    pub people: Vec<PersonRow>,
    pub villages: Vec<VillageRow>,
    pub refused: Vec<Item>,
    /// Whether any sheet was a list of staff or villages.
    pub found: bool,
}

/// A colleague.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PersonRow {
    pub row: u32,
    pub name: String,
    pub phone: String,
    /// The words of the duty, each with the role it means.
    pub roles: Vec<Role>,
    /// 任教班级, as written.
    pub places: Vec<String>,
}

/// A village.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VillageRow {
    pub row: u32,
    pub code: String,
    pub name: String,
    pub cadres: Vec<(CadreRole, String, String)>,
}

/// 职务 → role. The first row that fits the beginning of the word.
const DUTIES: &[(&[&str], Role)] = &[
    (&["班主任"], Role::ClassTeacher),
    (&["年级主任", "年级组长", "级部主任"], Role::GradeHead),
    (&["心理"], Role::Counsellor),
    (&["单独上报", "指定人", "强制报告"], Role::Designated),
    (&["系统管理员"], Role::Admin),
    (&["教导", "教务", "学籍", "德育", "政教"], Role::Office),
    (&["校长", "副校长", "书记", "副书记", "党支部", "党总支"], Role::Principal),
    (&["科任", "任课", "教师", "老师"], Role::SubjectTeacher),
];

/// The columns of a village's cadres.
const CADRES: &[(&[&str], CadreRole)] = &[
    (&["村支部书记", "村支书", "支部书记", "书记", "党支部书记"], CadreRole::Secretary),
    (&["村主任", "村委会主任", "主任"], CadreRole::Head),
    (&["儿童主任", "村儿童主任"], CadreRole::ChildOfficer),
    (&["网格员", "网格长"], CadreRole::Grid),
];

const NAME: &[&str] = &["姓名", "教师姓名", "名字"];
const PHONE: &[&str] = &["手机", "手机号", "手机号码", "电话", "联系电话", "电话号码"];
const DUTY: &[&str] = &["职务", "岗位", "职责", "工作岗位"];
const PLACE: &[&str] = &["任教班级", "班级", "所带班级", "任教班", "年级班级"];
const CODE: &[&str] = &["村代码", "行政村代码", "区划代码", "村编码", "代码"];
const VILLAGE: &[&str] = &["村名", "村", "行政村", "村名称"];

/// Reads every sheet that is a list of staff or of villages.
pub(crate) fn read(sheets: &[Sheet]) -> StaffList {
    let mut list = StaffList::default();
    for sheet in sheets {
        for (at, (_, cells)) in sheet.rows.iter().take(30).enumerate() {
            let labels: Vec<String> = cells.iter().map(|cell| cell.text().replace(' ', "")).collect();
            let has = |words: &[&str]| position(&labels, words).is_some();
            let below = sheet.rows.iter().skip(at + 1);
            if has(NAME) && has(DUTY) && has(PHONE) {
                below.for_each(|(row, cells)| list.person(&labels, *row, cells));
            } else if has(CODE) && has(VILLAGE) {
                below.for_each(|(row, cells)| list.village(&labels, *row, cells));
            } else {
                continue;
            }
            list.found = true;
            break;
        }
    }
    list
}

fn position(labels: &[String], words: &[&str]) -> Option<usize> {
    labels.iter().position(|label| words.contains(&label.as_str()))
}

impl StaffList {
    fn person(&mut self, labels: &[String], row: u32, cells: &[Cell]) {
        let text = |words: &[&str]| {
            position(labels, words).and_then(|at| cells.get(at)).map(Cell::text).unwrap_or_default()
        };
        let (name, said, duty) = (text(NAME), text(PHONE), text(DUTY));
        if [&name, &said, &duty].iter().all(|text| text.is_empty()) {
            return;
        }
        if name.is_empty() {
            return self.refuse(row, "姓名", "NAME_MISSING", format!("第 {row} 行没有姓名。请补上再导入。"));
        }
        let Ok(phone) = domain::phone::parse(&said) else {
            let message = format!("第 {row} 行 手机“{said}”不对，登录要用它。请改好再导入。");
            return self.refuse(row, "手机", "PHONE_BAD", message);
        };
        let mut roles = Vec::new();
        for word in duty.split(['、', '，', ',', ';', '；', '/', ' ', '兼']).filter(|word| !word.is_empty())
        {
            match DUTIES.iter().find(|(words, _)| words.iter().any(|w| word.starts_with(w))) {
                Some((_, role)) => roles.push(*role),
                None => {
                    let message = format!(
                        "第 {row} 行 职务“{word}”不认识。请写成：校长、教导主任、学籍管理员、心理教师、年级主任、班主任或科任教师。"
                    );
                    return self.refuse(row, "职务", "DUTY_UNKNOWN", message);
                }
            }
        }
        if roles.is_empty() {
            return self.refuse(row, "职务", "DUTY_UNKNOWN", format!("第 {row} 行没有职务。请补上再导入。"));
        }
        let places = text(PLACE);
        let places = places.split(['、', '，', ',', ';', '；', '/', ' ']).filter(|p| !p.is_empty());
        let places = places.map(Into::into).collect();
        self.people.push(PersonRow { row, name, phone, roles, places });
    }

    fn village(&mut self, labels: &[String], row: u32, cells: &[Cell]) {
        let at = |n: Option<usize>| n.and_then(|n| cells.get(n)).map(Cell::text).unwrap_or_default();
        let (code, name) = (at(position(labels, CODE)), at(position(labels, VILLAGE)));
        if code.is_empty() && name.is_empty() {
            return;
        }
        if name.is_empty() || code.len() != 12 || !code.bytes().all(|b| b.is_ascii_digit()) {
            let message = format!("第 {row} 行 村代码“{code}”要 12 位数字，村名不能空。请改好再导入。");
            return self.refuse(row, "村代码", "VILLAGE_CODE", message);
        }
        let mut cadres = Vec::new();
        for (n, label) in labels.iter().enumerate() {
            let Some((_, role)) = CADRES.iter().find(|(words, _)| words.contains(&label.as_str())) else {
                continue;
            };
            let person = at(Some(n));
            if person.is_empty() {
                continue;
            }
            // The telephone stands in the next column that is one, before the next cadre's.
            let beside = labels.get(n + 1).filter(|label| PHONE.contains(&label.as_str())).map(|_| n + 1);
            match domain::phone::parse(&at(beside)) {
                Ok(phone) => cadres.push((role.clone(), person, phone)),
                Err(_) => {
                    let message = format!("第 {row} 行 {label}的手机不对，没有建账号。请改好再导入。");
                    self.refuse(row, "手机", "PHONE_BAD", message);
                }
            }
        }
        self.villages.push(VillageRow { row, code, name, cadres });
    }

    pub(crate) fn refuse(&mut self, row: u32, column: &str, code: &'static str, message: String) {
        self.refused.push(Item { sheet: None, row, column: column.into(), code, message });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::*;

    fn sheet(lines: &[&str]) -> Sheet {
        let cells = |line: &str| line.split(',').map(|c| Cell::Text(c.into())).collect();
        Sheet { rows: (1..).zip(lines.iter().map(|line| cells(line))).collect(), ..Sheet::default() }
    }

    #[test]
    fn reads_people_with_their_posts() {
        let list = read(&[sheet(&[
            "示例中学教职工",
            "工号,姓名,手机,职务,任教班级",
            "T1,王芳,14400040001,校长,",
            "T2,李雷,144 0004 0002,班主任、科任教师,202601、202602",
            ",,,,",
            "T3,赵六,1440004,班主任,202603",
            "T4,孙七,14400040004,门卫,",
        ])]);
        assert_eq!(list.people.len(), 2);
        assert_eq!(list.people[1].roles, [Role::ClassTeacher, Role::SubjectTeacher]);
        assert_eq!(list.people[1].places, ["202601", "202602"]);
        let refused: Vec<_> = list.refused.iter().map(|item| (item.row, item.code)).collect();
        assert_eq!(refused, [(6, "PHONE_BAD"), (7, "DUTY_UNKNOWN")]);
    }

    #[test]
    fn reads_villages_with_each_cadres_own_telephone() {
        let list = read(&[sheet(&[
            "村代码,村名,村支部书记,手机,村主任,手机,儿童主任,手机",
            "990101001201,一村,甲,14400050000,乙,14400050001,,",
            "99010100120,二村,甲,14400050003,,,,",
        ])]);
        assert_eq!(list.villages.len(), 1);
        let head = (CadreRole::Head, "乙".to_owned(), "14400050001".to_owned());
        assert_eq!(list.villages[0].cadres[1], head);
        assert_eq!(list.refused[0].code, "VILLAGE_CODE");
        assert!(!read(&[sheet(&["姓名,性别,班号"])]).found);
    }
}
