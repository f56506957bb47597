//! A roster to write on.

use domain::roster::{Cell, Sheet};
use rust_xlsxwriter::{Format, Workbook};

const HEADER: [&str; 15] = [
    "学校标识码",
    "姓名",
    "性别",
    "出生日期",
    "身份证件号",
    "班号",
    "就读方式",
    "现住址",
    "联系电话",
    "成员1姓名",
    "成员1关系",
    "成员1联系电话",
    "成员1身份证件号",
    "班内学号",
    "成员1是否监护人",
];

/// The middle school of the small county.
pub const SCHOOL: &str = "9901010001";
/// Its primary school.
pub const PRIMARY: &str = "9901010002";

/// A row as it stands in the file.
#[derive(Clone)]
pub struct Row(Vec<String>);

/// An invented child of 七年级3班, the `n`th.
pub fn child(n: usize, name: &str) -> Row {
    let birth = "20130915";
    let cells = [
        SCHOOL,
        name,
        "女",
        birth,
        &id_number(birth, n * 2),
        "202603",
        "走读",
        "示例镇五村7号",
        &format!("144101{n:05}"),
        &format!("家长{n}"),
        "母亲",
        &format!("144102{n:05}"),
        "",
        &n.to_string(),
        "是",
    ];
    Row(cells.map(Into::into).to_vec())
}

impl Row {
    /// With another value in a column.
    pub fn with(mut self, column: &str, value: &str) -> Self {
        let at = HEADER.iter().position(|label| *label == column).unwrap();
        self.0[at] = value.into();
        self
    }
}

/// The file.
pub fn sheets(rows: &[Row]) -> Vec<Sheet> {
    let cells = |texts: &[String]| texts.iter().map(|text| Cell::Text(text.clone())).collect::<Vec<_>>();
    let header = cells(&HEADER.map(String::from));
    let rows = std::iter::once(header).chain(rows.iter().map(|row| cells(&row.0)));
    vec![Sheet { name: "学生".into(), rows: (1..).zip(rows).collect(), ..Sheet::default() }]
}

/// The same as a workbook, where these columns are one cell from this child to that one, counted from 0.
pub fn workbook(rows: &[Row], merged: &[(&str, usize, usize)]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let format = Format::new();
    for (at, label) in HEADER.iter().enumerate() {
        sheet.write(0, at as u16, *label).unwrap();
    }
    for (at, row) in rows.iter().enumerate() {
        for (column, text) in row.0.iter().enumerate() {
            sheet.write(at as u32 + 1, column as u16, text).unwrap();
        }
    }
    for (column, first, last) in merged {
        let at = HEADER.iter().position(|label| label == column).unwrap();
        let (first_row, last_row) = (*first as u32 + 1, *last as u32 + 1);
        sheet.merge_range(first_row, at as u16, last_row, at as u16, &rows[*first].0[at], &format).unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// A valid number of a region that does not exist.
pub fn id_number(birth: &str, sequence: usize) -> String {
    let head = format!("990101{birth}{sequence:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = head.bytes().zip(weights).map(|(b, w)| u32::from(b - b'0') * w).sum();
    format!("{head}{}", b"10X98765432"[(sum % 11) as usize] as char)
}
