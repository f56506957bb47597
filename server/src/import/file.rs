//! Files as offices send them: workbooks of Excel and WPS, comma-separated text. From bytes to cells;
//! what the cells mean is `domain::roster`.

use calamine::{Data, Reader, Sheets, open_workbook_auto_from_rs};
use domain::roster::{Cell, Merged, Sheet};
use std::io::{Cursor, Read, Seek};
use std::path::Path;

/// No file of an office is larger; what is, is something else.
const LARGEST: u64 = 32 << 20;

/// Why a file cannot be read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// There is none.
    Missing,
    /// Larger than any roster.
    TooLarge,
    /// WPS's own format.
    Et,
    /// It asks for a password.
    Locked,
    /// No workbook and no text.
    Unknown,
    /// No sheet has a header that says who is a student.
    NoHeader,
    /// No sheet lists staff or villages.
    NoStaff,
}

impl Unreadable {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "FILE_MISSING",
            Self::TooLarge => "FILE_TOO_LARGE",
            Self::Et => "FILE_ET",
            Self::Locked => "FILE_LOCKED",
            Self::Unknown => "FILE_UNKNOWN",
            Self::NoHeader => "FILE_NO_HEADER",
            Self::NoStaff => "FILE_NO_STAFF",
        }
    }

    /// What is wrong and what to do.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Missing => "找不到这个文件，请看看路径对不对。",
            Self::TooLarge => "文件太大（超过 32 MB），请只留下名册再选。",
            Self::Et => "这是 WPS 的 .et 文件。在 WPS 里“另存为”→“Excel 文件 .xlsx”再选。",
            Self::Locked => "文件有打开密码，请去掉密码后再选。",
            Self::Unknown => "这不是能读的表格。请在 Excel 或 WPS 里“另存为”→“Excel 文件 .xlsx”再选。",
            Self::NoHeader => {
                "没找到表头：要有一行写着“姓名”，还有“性别”“出生日期”“身份证件号”“班号”这样的列名。"
            }
            Self::NoStaff => "没找到表头：教职工要有“姓名”“手机”“职务”，村要有“村代码”“村名”。",
        }
    }
}

/// Reads a file.
///
/// # Errors
/// Why not.
pub fn read(path: &Path) -> Result<Vec<Sheet>, Unreadable> {
    let size = std::fs::metadata(path).map_err(|_| Unreadable::Missing)?.len();
    if size > LARGEST {
        return Err(Unreadable::TooLarge);
    }
    let bytes = std::fs::read(path).map_err(|_| Unreadable::Missing)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    sheets(&name, &bytes)
}

/// Reads the bytes of a file of that name.
///
/// # Errors
/// Why not.
pub fn sheets(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Unreadable> {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
    match (extension.as_str(), bytes) {
        ("et" | "ett", _) => Err(Unreadable::Et),
        // A locked .xlsx is a cabinet of the old kind with the new one enciphered in it.
        (_, [0xd0, 0xcf, 0x11, 0xe0, ..]) if contains(bytes, &utf16("EncryptedPackage")) => {
            Err(Unreadable::Locked)
        }
        (_, [b'P', b'K', ..] | [0xd0, 0xcf, 0x11, 0xe0, ..]) => workbook(bytes),
        ("csv" | "txt" | "tsv", _) => Ok(vec![text(name, bytes)]),
        _ => Err(Unreadable::Unknown),
    }
}

fn workbook(bytes: &[u8]) -> Result<Vec<Sheet>, Unreadable> {
    let mut book: Sheets<_> = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|_| {
        // The only other thing that keeps an old workbook from opening.
        if bytes.starts_with(b"PK") { Unreadable::Unknown } else { Unreadable::Locked }
    })?;
    let names = book.sheet_names();
    let sheets = names.into_iter().map(|name| {
        let Ok(range) = book.worksheet_range(&name) else { return Sheet { name, ..Sheet::default() } };
        let (first, left) = range.start().unwrap_or_default();
        let rows = (first + 1..).zip(range.rows().map(|row| row.iter().map(cell).collect())).collect();
        let merged = merged(&mut book, &name, left);
        Sheet { name, rows, merged }
    });
    Ok(sheets.collect())
}

/// Cells over several rows; what is merged within a row has its value where it is looked for.
fn merged<R: Read + Seek>(book: &mut Sheets<R>, name: &str, left: u32) -> Vec<Merged> {
    let cells = match book {
        Sheets::Xlsx(book) => book.merge_cells_by_sheet_name(name).unwrap_or_default(),
        Sheets::Xls(book) => book.merge_cells_by_sheet_name(name).unwrap_or_default(),
        _ => Vec::new(),
    };
    let over_rows = cells.into_iter().filter(|cell| cell.start.0 < cell.end.0 && cell.start.1 >= left);
    let merged = over_rows.map(|cell| Merged {
        rows: cell.start.0 + 1..=cell.end.0 + 1,
        column: (cell.start.1 - left) as usize,
    });
    merged.collect()
}

fn cell(data: &Data) -> Cell {
    match data {
        Data::Empty | Data::Error(_) => Cell::Empty,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Text(text.clone()),
        Data::Float(number) => Cell::Number(*number),
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Bool(yes) => Cell::Text(if *yes { "是" } else { "否" }.into()),
        Data::DateTime(at) => {
            // Eight digits with a date's format on them are beyond any date, and mean themselves.
            let date = at.as_datetime().filter(|_| at.as_f64() < 100_000.0);
            date.map_or_else(|| Cell::Number(at.as_f64()), |at| Cell::Date(at.date()))
        }
    }
}

/// Comma- or tab-separated text: UTF-8 or UTF-16 by its mark, else UTF-8 if it is, else GBK.
fn text(name: &str, bytes: &[u8]) -> Sheet {
    let marked = encoding_rs::Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let text = match (marked, std::str::from_utf8(bytes)) {
        (None, Ok(text)) => text.into(),
        (encoding, _) => encoding.unwrap_or(encoding_rs::GBK).decode(bytes).0,
    };
    let tab = text.lines().take(5).any(|line| line.contains('\t'));
    let rows = (1..).zip(rows(&text, if tab { '\t' } else { ',' })).collect();
    Sheet { name: name.into(), rows, ..Sheet::default() }
}

fn rows(text: &str, separator: char) -> Vec<Vec<Cell>> {
    let mut rows = vec![Vec::new()];
    let mut field = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if quoted || field.is_empty() => quoted = !quoted,
            c if quoted => field.push(c),
            '\r' => {}
            c if c == separator || c == '\n' => {
                if let Some(row) = rows.last_mut() {
                    row.push(Cell::Text(std::mem::take(&mut field)));
                }
                if c == '\n' {
                    rows.push(Vec::new());
                }
            }
            c => field.push(c),
        }
    }
    if let Some(row) = rows.last_mut() {
        row.push(Cell::Text(field));
    }
    rows
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn texts(sheet: &Sheet) -> Vec<Vec<String>> {
        sheet.rows.iter().map(|(_, cells)| cells.iter().map(Cell::text).collect()).collect()
    }

    #[test]
    fn reads_text_of_any_encoding() {
        let text = "姓名,住址\n王芳,\"示例镇五村,7号\"\n李\"四,\n";
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16(text)).collect();
        for bytes in [text.as_bytes(), &encoding_rs::GBK.encode(text).0, &utf16] {
            let sheets = sheets("名册.csv", bytes).unwrap();
            assert_eq!(texts(&sheets[0])[1], ["王芳", "示例镇五村,7号"]);
            assert_eq!(sheets[0].rows[2].0, 3);
        }
    }

    #[test]
    fn says_what_it_cannot_read() {
        let cabinet = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
        let locked = [cabinet.as_slice(), &utf16("EncryptedPackage")].concat();
        for (name, bytes, why) in [
            ("名册.et", cabinet.as_slice(), Unreadable::Et),
            ("名册.xlsx", &locked, Unreadable::Locked),
            ("名册.pdf", b"%PDF-1.7".as_slice(), Unreadable::Unknown),
            ("名册.xlsx", b"PK no cabinet".as_slice(), Unreadable::Unknown),
        ] {
            assert_eq!(sheets(name, bytes).unwrap_err(), why, "{name}");
        }
        assert_eq!(read(Path::new("/no/such.xlsx")).unwrap_err(), Unreadable::Missing);
    }

    #[test]
    fn reads_the_national_template() {
        let bytes = include_bytes!("../../tests/data/roster-2026-autumn.xlsx");
        let sheets = sheets("roster.xlsx", bytes).unwrap();
        assert_eq!((sheets.len(), sheets[0].rows.len(), sheets[0].rows[503].0), (1, 504, 504));
        assert_eq!(sheets[0].rows[0].1.len(), 71);
    }
}
