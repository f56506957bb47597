//! A list as a workbook, as it is filtered: what somebody sees at the desk, to go on with at their own.

use super::{Desk, visits};
use crate::error::{Error, Result};
use crate::http::AppState;
use crate::session::SignedIn;
use app::desk::visits::{VisitRow, VisitsAsked};
use app::words::{say, say_with};
use axum::Form;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use chrono::{DateTime, Utc};
use domain::calendar::{local_date, local_time};
use domain::confirmation::Standing;
use domain::directory::Directory;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use serde::Deserialize;

/// Rows a workbook holds: a school year of a large school. Who needs more filters by term.
const ROWS: u32 = 20_000;

const WORKBOOK: HeaderValue =
    HeaderValue::from_static("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");

/// The form that asks: a plain one, so that the browser saves the answer as a file.
#[derive(Deserialize)]
pub(super) struct Filtered {
    /// `VisitsAsked` as JSON.
    asked: String,
}

type File = ([(HeaderName, HeaderValue); 2], Vec<u8>);

/// Visits as the list is filtered, all pages of it.
///
/// # Errors
/// The form is none, or the database does not answer.
pub(super) async fn visits(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Form(Filtered { asked }): Form<Filtered>,
) -> Result<File> {
    let asked: VisitsAsked =
        serde_json::from_str(&asked).map_err(|_| Error::Malformed("not a filter of visits"))?;
    let desk = Desk::new(state, actor);
    let directory = desk.begun().await?.directory;
    let as_of = Utc::now();
    let (rows, total) = visits::all(&desk, &asked, ROWS).await?;
    let bytes = tokio::task::spawn_blocking(move || workbook(&directory, &rows, total, as_of))
        .await
        .map_err(|e| Error::Internal(e.to_string()))?
        .map_err(|e| Error::Internal(e.to_string()))?;
    let name = format!("attachment; filename=\"visits-{}.xlsx\"", local_date(as_of));
    let name = HeaderValue::from_str(&name).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(([(CONTENT_TYPE, WORKBOOK), (CONTENT_DISPOSITION, name)], bytes))
}

fn workbook(
    directory: &Directory,
    rows: &[VisitRow],
    total: u32,
    as_of: DateTime<Utc>,
) -> Result<Vec<u8>, XlsxError> {
    const COLUMNS: [(&str, f64); 12] = [
        ("desk.column.when", 16.0),
        ("desk.column.child", 20.0),
        ("desk.column.school", 14.0),
        ("desk.column.class", 14.0),
        ("desk.column.kind", 10.0),
        ("desk.column.at_village", 10.0),
        ("desk.column.household", 14.0),
        ("desk.column.author", 16.0),
        ("desk.column.outcome", 12.0),
        ("desk.column.next", 12.0),
        ("desk.column.village", 12.0),
        ("desk.column.look", 10.0),
    ];
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name(say("desk.nav.visits"))?;
    let head = Format::new().set_bold();
    let at = format!("{} {}", local_date(as_of), local_time(as_of).format("%H:%M"));
    let counted = say_with("desk.visits.total", &[("n", &total.to_string())]);
    write(sheet, 0, 0, &format!("{counted} · {}", say_with("desk.as_of", &[("at", &at)])))?;
    for ((key, width), column) in COLUMNS.iter().zip(0..) {
        sheet.write_string_with_format(1, column, say(key), &head)?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_freeze_panes(2, 0)?;
    for (visit, row) in rows.iter().zip(2..) {
        for (cell, column) in cells(directory, visit).iter().zip(0..) {
            write(sheet, row, column, cell)?;
        }
    }
    if let Some(last) = u32::try_from(rows.len()).ok().filter(|n| *n > 0) {
        sheet.autofilter(1, 0, last + 1, 11)?;
    }
    workbook.save_to_buffer()
}

fn cells(directory: &Directory, visit: &VisitRow) -> [String; 12] {
    let day = local_date(visit.started_at);
    let class = directory.class(visit.class);
    let school = class.and_then(|class| directory.school(class.school)).map(|school| school.name.clone());
    let standing = match visit.standing {
        Standing::NotNeeded => "",
        standing => say(&format!("desk.standing.{}", standing.code().to_lowercase())),
    };
    let look = visit.look.map(|look| say(&format!("desk.look.{}", look.code().to_lowercase())));
    [
        format!("{day} {}", local_time(visit.started_at).format("%H:%M")),
        visit.name.clone(),
        school.unwrap_or_default(),
        class.map(|class| class.label(day)).unwrap_or_default(),
        visit.kind.term().to_owned(),
        directory.village(visit.village).map(|village| village.name.clone()).unwrap_or_default(),
        visit.household.clone(),
        visit.author_name.clone(),
        visit.outcome.term().to_owned(),
        visit.next_follow_up_on.map(|on| on.to_string()).unwrap_or_default(),
        standing.to_owned(),
        look.unwrap_or_default().to_owned(),
    ]
}

/// Text, whatever it looks like: what begins like a formula is marked as quoted, so that it stays text
/// in whatever the sheet is saved as next.
fn write(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        sheet.write_string_with_format(row, column, text, &Format::new().set_quote_prefix())?;
    } else {
        sheet.write_string(row, column, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
    use domain::ids::{ClassId, EntryId, KnockId, StudentId, VillageId};
    use domain::vocabulary::{Outcome, VisitKind};
    use std::io::Cursor;
    use uuid::Uuid;

    #[test]
    fn what_looks_like_a_formula_stays_text() {
        let at = DateTime::UNIX_EPOCH;
        let row = VisitRow {
            entry: EntryId(Uuid::nil()),
            knock: KnockId(Uuid::nil()),
            student: StudentId(Uuid::nil()),
            name: "=1+1".into(),
            class: ClassId(Uuid::nil()),
            kind: VisitKind::DoorKnock,
            village: VillageId(Uuid::nil()),
            household: "@SUM(A1)".into(),
            author_name: "-李老师".into(),
            started_at: at,
            recorded_at: at,
            received_at: at,
            outcome: Outcome::Met,
            next_follow_up_on: None,
            standing: Standing::Waiting,
            look: None,
        };
        let bytes = workbook(&Directory::default(), &[row], 1, at).unwrap();
        let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range("走访").unwrap();
        let cells: Vec<_> = range.rows().nth(2).unwrap().to_vec();
        for text in ["=1+1", "@SUM(A1)", "-李老师", "敲门行动", "等村里"] {
            assert!(cells.contains(&Data::String(text.into())), "{text} in {cells:?}");
        }
        let formulas = book.worksheet_formula("走访").unwrap();
        assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()));
        let head = range.rows().next().unwrap().first().unwrap().to_string();
        assert_eq!(head, "1 次走访 · 数据到 1970-01-01 08:00");
    }
}
