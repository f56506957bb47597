//! The header of a roster, wherever it stands and whatever its columns are called.

use super::cell::{Cell, Sheet, plain};
use crate::vocabulary::Relation;
use std::collections::BTreeMap;

/// A column that is read. All others are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// 学校标识码
    School,
    /// 姓名
    Name,
    /// 性别
    Gender,
    /// 出生日期
    BirthDate,
    /// 民族
    Ethnicity,
    /// 身份证件类型
    IdKind,
    /// 身份证件号
    IdNumber,
    /// 学籍号
    RollNo,
    /// 年级, for schools whose class column is a bare number
    Grade,
    /// 班号
    Class,
    /// 班内学号
    ClassNo,
    /// 就读方式
    Boarding,
    /// 村
    Village,
    /// 现住址
    Address,
    /// 家庭地址
    HomeAddress,
    /// 通信地址
    MailAddress,
    /// 联系电话
    Phone,
    /// 是否留守儿童
    LeftBehind,
    /// A guardian's, counted from 0.
    Member(usize, Part),
}

/// What is told of a guardian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// 姓名
    Name,
    /// 关系
    Relation,
    /// 现住址
    Address,
    /// 联系电话
    Phone,
    /// 是否监护人
    Legal,
    /// 身份证件号
    IdNumber,
}

const PLAIN: &[(Column, &[&str])] = &[
    (Column::School, &["学校标识码", "学校代码", "学校编码"]),
    (Column::Name, &["姓名", "学生姓名", "名字", "学生名字"]),
    (Column::Gender, &["性别", "学生性别"]),
    (Column::BirthDate, &["出生日期", "出生年月日", "出生年月", "生日", "出生时间"]),
    (Column::Ethnicity, &["民族"]),
    (Column::IdKind, &["身份证件类型", "证件类型", "身份证类型"]),
    (
        Column::IdNumber,
        &[
            "身份证件号",
            "身份证号",
            "身份证号码",
            "身份证件号码",
            "身份证",
            "证件号",
            "证件号码",
            "公民身份号码",
            "学生身份证号",
            "学生身份证号码",
            "居民身份证号",
        ],
    ),
    (Column::RollNo, &["学籍号", "全国学籍号", "学籍号码", "学生学籍号", "国网学籍号"]),
    (Column::Grade, &["年级", "所在年级", "就读年级"]),
    (Column::Class, &["班号", "班级", "所在班级", "班级名称", "班级代码", "班", "年级班级", "就读班级"]),
    (Column::ClassNo, &["班内学号", "座号", "班内编号"]),
    (Column::Boarding, &["就读方式", "是否住校", "是否寄宿", "是否寄宿生", "住宿情况", "是否住宿"]),
    (Column::Village, &["村", "所在村", "行政村", "村名", "居住村", "所属村", "现住村", "村社区"]),
    (
        Column::Address,
        &[
            "现住址",
            "现住地址",
            "现居住地",
            "现居住地址",
            "家庭住址",
            "住址",
            "详细住址",
            "居住地址",
            "详细地址",
        ],
    ),
    (Column::HomeAddress, &["家庭地址", "户籍地址", "户口所在地"]),
    (Column::MailAddress, &["通信地址", "通讯地址"]),
    (
        Column::Phone,
        &["联系电话", "电话", "手机", "手机号", "手机号码", "联系方式", "电话号码", "学生联系电话"],
    ),
    (Column::LeftBehind, &["是否留守儿童", "留守儿童", "是否留守", "留守情况", "留守"]),
];

/// Words that begin a guardian's columns, the place they take, and who that is if the word says so.
const MEMBERS: &[(&[&str], usize, Option<Relation>)] = &[
    (&["家庭成员1", "家庭成员一", "成员1", "成员一", "监护人1", "监护人一", "家长1", "家长一"], 0, None),
    (&["家庭成员2", "家庭成员二", "成员2", "成员二", "监护人2", "监护人二", "家长2", "家长二"], 1, None),
    (&["父亲", "爸爸"], 0, Some(Relation::Father)),
    (&["母亲", "妈妈"], 1, Some(Relation::Mother)),
    (&["第一监护人", "监护人", "家长"], 0, None),
];

const PARTS: &[(Part, &[&str])] = &[
    (Part::Name, &["姓名", "名字", ""]),
    (Part::Relation, &["关系", "与学生关系", "与孩子关系", "与本人关系"]),
    (Part::Address, &["现住址", "住址", "现在住址", "现居住地", "现状", "去向", "务工地点", "务工地"]),
    (Part::Phone, &["联系电话", "电话", "手机", "手机号", "手机号码", "联系方式", "电话号码"]),
    (Part::Legal, &["是否监护人", "是否为监护人"]),
    (Part::IdNumber, &["身份证件号", "身份证号", "身份证号码", "身份证件号码", "证件号码"]),
];

/// Rows of titles and explanations that may stand above the header.
const ABOVE: usize = 30;

/// Where the columns are.
#[derive(Clone, Debug)]
pub struct Header {
    /// The sheet's row number.
    pub row: u32,
    /// Columns that are not read, as the file names them.
    pub unused: Vec<String>,
    columns: BTreeMap<Column, (usize, String)>,
    implied: BTreeMap<usize, Relation>,
}

impl Header {
    /// The first row that names the children and at least two things more of a roster.
    pub fn find(sheet: &Sheet) -> Option<Self> {
        sheet.rows.iter().take(ABOVE).map(|(row, cells)| Self::of(*row, cells)).find(|header| {
            header.has(Column::Name)
                && header.columns.len() >= 3
                && [Column::IdNumber, Column::Class, Column::BirthDate, Column::Gender]
                    .into_iter()
                    .any(|column| header.has(column))
        })
    }

    fn of(row: u32, cells: &[Cell]) -> Self {
        let mut header = Self { row, unused: Vec::new(), columns: BTreeMap::new(), implied: BTreeMap::new() };
        for (at, cell) in cells.iter().enumerate() {
            let label = cell.text();
            let Some((column, relation)) = column_of(&label).filter(|(c, _)| !header.has(*c)) else {
                header.unused.extend(Some(label).filter(|l| !l.is_empty()));
                continue;
            };
            if let (Column::Member(n, _), Some(relation)) = (column, relation) {
                header.implied.insert(n, relation);
            }
            header.columns.insert(column, (at, label));
        }
        header
    }

    /// Whether the roster has this column.
    pub fn has(&self, column: Column) -> bool {
        self.columns.contains_key(&column)
    }

    /// The cell of a column.
    pub fn cell<'a>(&self, cells: &'a [Cell], column: Column) -> &'a Cell {
        self.columns.get(&column).and_then(|(at, _)| cells.get(*at)).unwrap_or(&Cell::Empty)
    }

    /// What the file calls it.
    pub fn label(&self, column: Column) -> &str {
        self.columns.get(&column).map_or("", |(_, label)| label)
    }

    /// Who a guardian is, if the column's name says so.
    pub fn implied(&self, member: usize) -> Option<&Relation> {
        self.implied.get(&member)
    }

    /// The header once more, as on every printed page.
    pub fn is_repeated(&self, cells: &[Cell]) -> bool {
        self.cell(cells, Column::Name).text() == self.label(Column::Name)
    }
}

fn column_of(label: &str) -> Option<(Column, Option<Relation>)> {
    let label = bare(label);
    if let Some((column, _)) = PLAIN.iter().find(|(_, words)| words.contains(&label.as_str())) {
        return Some((*column, None));
    }
    MEMBERS.iter().find_map(|(words, at, relation)| {
        let rest = words.iter().find_map(|word| label.strip_prefix(word))?;
        let (part, _) = PARTS.iter().find(|(_, words)| words.contains(&rest))?;
        Some((Column::Member(*at, *part), relation.clone()))
    })
}

/// A label without blanks, stars, colons and what stands in brackets: `*出生日期（YYYYMMDD）`.
fn bare(label: &str) -> String {
    let mut depth = 0_u8;
    plain(label)
        .chars()
        .filter(|c| match c {
            '(' | '[' | '【' | '〔' => {
                depth = depth.saturating_add(1);
                false
            }
            ')' | ']' | '】' | '〕' => {
                depth = depth.saturating_sub(1);
                false
            }
            ' ' | '*' | '＊' | ':' | '：' | '/' | '、' | '※' => false,
            _ => depth == 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("姓名", Some(Column::Name))]
    #[case("* 学生姓名 ", Some(Column::Name))]
    #[case("出生日期（YYYYMMDD）", Some(Column::BirthDate))]
    #[case("身份证号码", Some(Column::IdNumber))]
    #[case("班　级", Some(Column::Class))]
    #[case("成员1姓名", Some(Column::Member(0, Part::Name)))]
    #[case("成员２联系电话", Some(Column::Member(1, Part::Phone)))]
    #[case("监护人姓名", Some(Column::Member(0, Part::Name)))]
    #[case("家长电话", Some(Column::Member(0, Part::Phone)))]
    #[case("母亲姓名", Some(Column::Member(1, Part::Name)))]
    #[case("成员1身份证件号", Some(Column::Member(0, Part::IdNumber)))]
    #[case("成员1工作单位", None)]
    #[case("血型", None)]
    #[case("学籍辅号", None)]
    #[case("政治面貌", None)]
    fn knows_its_columns_by_many_names(#[case] label: &str, #[case] expect: Option<Column>) {
        assert_eq!(column_of(label).map(|(column, _)| column), expect);
    }

    #[test]
    fn finds_the_header_under_a_title_and_not_in_a_staff_list() {
        let row = |cells: &[&str]| cells.iter().map(|c| Cell::Text((*c).into())).collect::<Vec<_>>();
        let roster = Sheet {
            name: "七年级".into(),
            rows: vec![
                (1, row(&["示例中学2026年秋季学生名册"])),
                (3, row(&["班级", "序号", "姓名", "性别", "血型"])),
            ],
        };
        let header = Header::find(&roster).unwrap();
        assert_eq!(header.row, 3);
        assert_eq!(header.unused, ["序号", "血型"]);
        let staff = Sheet {
            name: "教职工".into(), rows: vec![(1, row(&["工号", "姓名", "手机", "职务"]))]
        };
        assert!(Header::find(&staff).is_none());
    }
}
