//! The header of a roster, wherever it stands and whatever its columns are called: one row, or two, where
//! 父亲 stands once above 姓名 and 电话, and a cell that reaches over both rows has its text in the upper.

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
    (&["第一监护人", "监护人", "家长", "家庭成员"], 0, None),
];

const PARTS: &[(Part, &[&str])] = &[
    (Part::Name, &["姓名", "名字", ""]),
    (Part::Relation, &["关系", "与学生关系", "与孩子关系", "与本人关系"]),
    (Part::Address, &["现住址", "住址", "现在住址", "现居住地", "现状", "去向", "务工地点", "务工地"]),
    (Part::Phone, &["联系电话", "电话", "手机", "手机号", "手机号码", "联系方式", "电话号码"]),
    (Part::Legal, &["是否监护人", "是否为监护人"]),
    (Part::IdNumber, &["身份证件号", "身份证号", "身份证号码", "身份证件号码", "证件号码"]),
];

/// Words of a group whose columns are the child's own: 学生基本信息 above 姓名.
const OWN: &[&str] = &["学生", "基本", "个人", "本人", "学籍", "名册", "住址", "地址", "居住"];
/// Words of a group of other people.
const OTHERS: &[&str] = &["家长", "监护", "父", "母", "爸", "妈", "成员", "教师", "班主任", "帮扶", "包"];

/// What a group's name may end in: 父亲基本情况.
const KINDS: [&str; 4] = ["信息", "情况", "资料", "基本"];

/// Rows of titles and explanations that may stand above the header.
const ABOVE: usize = 30;

/// Where the columns are.
#[derive(Clone, Debug)]
pub struct Header {
    /// The sheet's row number; of two rows the lower one's.
    pub row: u32,
    /// Columns that are not read, as the file names them.
    pub unused: Vec<String>,
    columns: BTreeMap<Column, (usize, String)>,
    implied: BTreeMap<usize, Relation>,
    /// The texts of the lower row.
    lower: Option<Vec<String>>,
}

impl Header {
    /// The first row, or two, that name the children and at least two things more of a roster.
    pub fn find(sheet: &Sheet) -> Option<Self> {
        let rows = sheet.rows.get(..ABOVE.min(sheet.rows.len())).unwrap_or_default();
        (0..rows.len()).find_map(|at| {
            let (row, cells) = rows.get(at)?;
            let one = Self::of(*row, cells.iter().map(Cell::text));
            let below = sheet.rows.get(at + 1).filter(|(below, _)| *below == row + 1);
            // A title above a header says no more than the header by itself.
            let two = below.and_then(|(below, lower)| {
                let alone = Self::of(*below, lower.iter().map(Cell::text)).columns.len();
                Self::of_two(*below, cells, lower)
                    .filter(|two| two.columns.len() > alone.max(one.columns.len()))
            });
            two.filter(Self::is_one).or_else(|| Some(one).filter(Self::is_one))
        })
    }

    fn is_one(&self) -> bool {
        self.has(Column::Name)
            && self.columns.len() >= 3
            && [Column::IdNumber, Column::Class, Column::BirthDate, Column::Gender]
                .into_iter()
                .any(|column| self.has(column))
    }

    /// Of two rows, if the lower one is no child's.
    fn of_two(row: u32, upper: &[Cell], lower: &[Cell]) -> Option<Self> {
        let lower: Vec<String> = lower.iter().map(Cell::text).collect();
        let said: Vec<&String> = lower.iter().filter(|label| !label.is_empty()).collect();
        let is_label = |label: &&&String| {
            let label = bare(label);
            column_of(&label).is_some() || PARTS.iter().any(|(_, words)| words.contains(&label.as_str()))
        };
        if said.is_empty() || said.iter().filter(is_label).count() * 2 < said.len() {
            return None;
        }
        let mut group = String::new();
        let labels = (0..upper.len().max(lower.len())).map(|at| {
            let above = upper.get(at).map(Cell::text).unwrap_or_default();
            let below = lower.get(at).cloned().unwrap_or_default();
            if below.is_empty() {
                group.clear();
                return above;
            }
            // A group's name stands above its first column alone.
            if !above.is_empty() {
                group = above;
            }
            in_group(&group, &below)
        });
        let mut header = Self::of(row, labels.collect::<Vec<_>>().into_iter());
        header.lower = Some(lower);
        Some(header)
    }

    fn of(row: u32, labels: impl Iterator<Item = String>) -> Self {
        let mut header =
            Self { row, unused: Vec::new(), columns: BTreeMap::new(), implied: BTreeMap::new(), lower: None };
        for (at, label) in labels.enumerate() {
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

    /// The column that is read at this place.
    pub fn column_at(&self, place: usize) -> Option<Column> {
        self.columns.iter().find(|(_, (at, _))| *at == place).map(|(column, _)| *column)
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
        let is_lower = |lower: &Vec<String>| {
            let texts = cells.iter().map(Cell::text);
            texts.eq(lower.iter().cloned())
        };
        self.cell(cells, Column::Name).text() == self.label(Column::Name)
            || self.lower.as_ref().is_some_and(is_lower)
    }
}

/// What a column is called that stands in a group.
fn in_group(group: &str, label: &str) -> String {
    let mut group = bare(group);
    while let Some(rest) = KINDS.iter().find_map(|kind| group.strip_suffix(kind)) {
        group = rest.to_owned();
    }
    let whole = format!("{group}{label}");
    let says = |words: &[&str]| words.iter().any(|word| group.contains(word));
    let is_own = group.is_empty() || (says(OWN) && !says(OTHERS));
    if is_own && column_of(&whole).is_none() { label.to_owned() } else { whole }
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
    #[case("家庭成员姓名", Some(Column::Member(0, Part::Name)))]
    #[case("母亲姓名", Some(Column::Member(1, Part::Name)))]
    #[case("成员1身份证件号", Some(Column::Member(0, Part::IdNumber)))]
    #[case("成员1工作单位", None)]
    #[case("血型", None)]
    #[case("学籍辅号", None)]
    #[case("政治面貌", None)]
    fn knows_its_columns_by_many_names(#[case] label: &str, #[case] expect: Option<Column>) {
        assert_eq!(column_of(label).map(|(column, _)| column), expect);
    }

    fn rows(rows: &[&[&str]]) -> Sheet {
        let cells = |row: &&[&str]| row.iter().map(|c| Cell::Text((*c).into())).collect();
        Sheet {
            name: "七年级".into(), rows: (1..).zip(rows.iter().map(cells)).collect(), ..Sheet::default()
        }
    }

    #[test]
    fn two_rows_are_one_header_where_the_lower_names_parts_of_the_upper() {
        let sheet = rows(&[
            &["示例中学2026年秋季学生名册"],
            &[
                "序号",
                "学生基本信息",
                "",
                "",
                "家庭住址",
                "",
                "父亲信息",
                "",
                "",
                "母亲（监护人）",
                "",
                "班主任",
                "",
                "备注",
            ],
            &[
                "",
                "姓名",
                "性别",
                "出生日期",
                "村",
                "详细住址",
                "姓名",
                "电话",
                "单位",
                "姓名",
                "电话",
                "姓名",
                "电话",
                "",
            ],
            &[
                "1",
                "王芳",
                "女",
                "20130915",
                "五村",
                "7号",
                "王强",
                "14400020001",
                "",
                "李梅",
                "14400020002",
                "张老师",
                "14400020003",
                "",
            ],
        ]);
        let header = Header::find(&sheet).unwrap();
        assert_eq!(header.row, 3);
        let cells = &sheet.rows[3].1;
        for (column, text) in [
            (Column::Name, "王芳"),
            (Column::Gender, "女"),
            (Column::BirthDate, "20130915"),
            (Column::Village, "五村"),
            (Column::Address, "7号"),
            (Column::Member(0, Part::Name), "王强"),
            (Column::Member(0, Part::Phone), "14400020001"),
            (Column::Member(1, Part::Name), "李梅"),
            (Column::Member(1, Part::Phone), "14400020002"),
        ] {
            assert_eq!(header.cell(cells, column).text(), text, "{column:?}");
        }
        assert!(!header.has(Column::Phone), "a teacher's number is nobody's of the family");
        assert_eq!(header.implied(1), Some(&Relation::Mother));
        assert_eq!(header.label(Column::Member(1, Part::Phone)), "母亲电话");
        assert_eq!(header.unused, ["序号", "父亲单位", "班主任姓名", "班主任电话", "备注"]);
        assert!(header.is_repeated(&sheet.rows[2].1));
        assert!(!header.is_repeated(cells));
    }

    #[test]
    fn a_child_below_a_header_is_no_part_of_it() {
        for child in [["1", "王芳", "女", "七年级1班"], ["", "性别", "女", ""], ["2", "", "", ""]] {
            let sheet = rows(&[&["序号", "姓名", "性别", "班级"], &child]);
            assert_eq!(Header::find(&sheet).unwrap().row, 1, "{child:?}");
        }
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
            ..Sheet::default()
        };
        let header = Header::find(&roster).unwrap();
        assert_eq!(header.row, 3);
        assert_eq!(header.unused, ["序号", "血型"]);
        let staff = Sheet {
            name: "教职工".into(),
            rows: vec![(1, row(&["工号", "姓名", "手机", "职务"]))],
            ..Sheet::default()
        };
        assert!(Header::find(&staff).is_none());
    }
}
