//! How a replica lies in rows: the outbox a row an entry, the children in chunks (few
//! big rows are written and read fifteen times faster than ten thousand small ones), and large chunks in
//! parts under the 64 KiB above which a browser puts values aside; the rest a row each. Pure: rows in
//! and out as text, sealed and stored elsewhere.
//!
//! Versions of the stored shape, for whoever changes it:
//! 1 · 2026-11 · outbox by entry id (`Queued` without `entry`, which `raw` repeats); `caseload` chunks
//! "00"…"63" as lists of `FileView`, further parts of them as "00.1"…, "lists" for duties, cards and what a
//! newer app will read (`Aside`); `meta` "phone" (`Place`),
//! "directory", "actor". All JSON. A newer app must read all of these.

use chrono::{DateTime, Utc};
use domain::card::Card;
use domain::directory::Directory;
use domain::duty::Duty;
use domain::ids::{StudentId, WriterId};
use domain::sync::{Aside, Caseload, Changes, Cursor, FileView, Progress, Queued, Replica};
use serde::ser::Error as _;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The stores of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shelf {
    /// Entries written here, a row each.
    Outbox,
    /// Forms begun.
    Drafts,
    /// Small things.
    Kept,
    /// Children in chunks, duties and cards.
    Caseload,
    /// Where the replica stands.
    Meta,
}

impl Shelf {
    /// All.
    pub const ALL: [Self; 5] = [Self::Outbox, Self::Drafts, Self::Kept, Self::Caseload, Self::Meta];

    /// Its name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Outbox => "outbox",
            Self::Drafts => "drafts",
            Self::Kept => "kept",
            Self::Caseload => "caseload",
            Self::Meta => "meta",
        }
    }
}

/// A row before it is sealed; no value removes it, and the further parts of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// Store.
    pub shelf: Shelf,
    /// Key.
    pub key: String,
    /// Value.
    pub value: Option<String>,
}

const CHUNKS: u8 = 64;
/// About the longest text of a row of children, in bytes.
const PART: usize = 48 * 1024;
/// About the length of a child's file before one was seen.
const A_FILE: usize = 1_000;

/// Where the replica stands, apart from its rows.
#[derive(Serialize, Deserialize)]
struct Place {
    writer: WriterId,
    next_seq: u64,
    #[serde(default)]
    cursor: Option<Cursor>,
    #[serde(default)]
    fingerprint: Option<String>,
    #[serde(default)]
    parting: BTreeSet<StudentId>,
    #[serde(default)]
    server_time: Option<DateTime<Utc>>,
    #[serde(default)]
    device_time: Option<DateTime<Utc>>,
}

#[derive(Serialize, Deserialize)]
struct OutboxRow {
    raw: String,
    label: String,
    progress: Progress,
}

#[derive(Serialize)]
struct Lists<'a> {
    duties: Vec<&'a Duty>,
    cards: Vec<&'a Card>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    aside: &'a BTreeMap<Uuid, Aside>,
}

#[derive(Default, Deserialize)]
struct ListsRead {
    duties: Vec<Duty>,
    cards: Vec<Card>,
    #[serde(default)]
    aside: BTreeMap<Uuid, Aside>,
}

fn chunk_of(id: StudentId) -> u8 {
    // The last byte of every kind of UUID is random or hashed.
    id.0.as_bytes().last().copied().unwrap_or_default() % CHUNKS
}

fn row(shelf: Shelf, key: &str, value: &impl Serialize) -> Result<Plain, serde_json::Error> {
    Ok(Plain { shelf, key: key.to_owned(), value: Some(serde_json::to_string(value)?) })
}

/// The rows that changes of a replica come to.
///
/// While a pull from the beginning is under way, what it brought is not written, and with something else
/// to write the place kept is the beginning: a phone that is killed in the middle starts that pull anew.
///
/// # Errors
/// Something has no JSON form.
pub fn rows(replica: &Replica, changes: &Changes) -> Result<Vec<Plain>, serde_json::Error> {
    let under_way = replica.incoming.is_some();
    if under_way && changes.outbox.is_empty() && !changes.directory {
        return Ok(Vec::new());
    }
    let mut rows = Vec::new();
    for id in &changes.outbox {
        let key = id.to_string();
        let queued = replica.outbox.iter().find(|q| q.entry.id == *id);
        let value = queued.map(outbox_row).transpose()?;
        rows.push(Plain { shelf: Shelf::Outbox, key, value });
    }
    let chunks: BTreeSet<u8> = match (under_way, changes.replaced) {
        (true, _) => BTreeSet::new(),
        (false, true) => (0..CHUNKS).collect(),
        (false, false) => changes.files.iter().map(|id| chunk_of(*id)).collect(),
    };
    if !chunks.is_empty() {
        let mut sorted: Vec<Vec<&FileView>> = (0..CHUNKS).map(|_| Vec::new()).collect();
        for (id, file) in &replica.caseload.files {
            if let Some(chunk) = sorted.get_mut(usize::from(chunk_of(*id))) {
                chunk.push(file);
            }
        }
        let mut a_file = A_FILE;
        for chunk in chunks {
            let key = format!("{chunk:02}");
            rows.push(Plain { shelf: Shelf::Caseload, key: key.clone(), value: None });
            let files = sorted.get(usize::from(chunk)).map(Vec::as_slice).unwrap_or_default();
            for (n, part) in files.chunks((PART / a_file).max(1)).enumerate() {
                let key = if n == 0 { key.clone() } else { format!("{key}.{n}") };
                // A text that grows is copied again and again.
                let mut text = Vec::with_capacity(part.len() * (a_file + a_file / 8));
                serde_json::to_writer(&mut text, part)?;
                a_file = text.len() / part.len().max(1);
                let text = String::from_utf8(text).map_err(serde_json::Error::custom)?;
                rows.push(Plain { shelf: Shelf::Caseload, key, value: Some(text) });
            }
        }
    }
    if changes.lists && !under_way {
        let lists = Lists {
            duties: replica.caseload.duties.values().collect(),
            cards: replica.caseload.cards.values().collect(),
            aside: &replica.caseload.aside,
        };
        rows.push(row(Shelf::Caseload, "lists", &lists)?);
    }
    if changes.directory {
        rows.push(row(Shelf::Meta, "directory", &replica.directory)?);
    }
    let place = Place {
        writer: replica.writer,
        next_seq: replica.next_seq,
        cursor: if under_way { replica.cursor.map(Cursor::beginning) } else { replica.cursor },
        fingerprint: replica.fingerprint.clone(),
        parting: replica.parting.clone(),
        server_time: replica.server_time,
        device_time: replica.device_time,
    };
    rows.push(row(Shelf::Meta, "phone", &place)?);
    Ok(rows)
}

/// Where a replica stands, without what it holds: to write next to a few rows.
pub fn outline(replica: &Replica) -> Replica {
    Replica {
        next_seq: replica.next_seq,
        incoming: replica.incoming.as_ref().map(|_| Caseload::default()),
        cursor: replica.cursor,
        fingerprint: replica.fingerprint.clone(),
        parting: replica.parting.clone(),
        server_time: replica.server_time,
        device_time: replica.device_time,
        ..Replica::new(replica.writer)
    }
}

fn outbox_row(queued: &Queued) -> Result<String, serde_json::Error> {
    serde_json::to_string(&OutboxRow {
        raw: queued.raw.clone(),
        label: queued.label.clone(),
        progress: queued.progress.clone(),
    })
}

/// Everything of a replica, for a store that is new or was emptied under the app.
///
/// # Errors
/// As `rows`.
pub fn all_rows(replica: &Replica) -> Result<Vec<Plain>, serde_json::Error> {
    let everything = Changes {
        outbox: replica.outbox.iter().map(|q| q.entry.id).collect(),
        lists: true,
        replaced: true,
        directory: true,
        ..Changes::default()
    };
    rows(replica, &everything)
}

/// A replica from its rows; `writer` is for a store that is still empty.
///
/// # Errors
/// A row of a newer app, or damaged.
pub fn assemble(rows: &[(Shelf, String, String)], writer: WriterId) -> Result<Replica, serde_json::Error> {
    let mut replica = Replica::new(writer);
    for (shelf, key, value) in rows {
        match (shelf, key.as_str()) {
            (Shelf::Outbox, _) => {
                let row: OutboxRow = serde_json::from_str(value)?;
                let entry = serde_json::from_str(&row.raw)?;
                replica.outbox.push(Queued { entry, raw: row.raw, label: row.label, progress: row.progress });
            }
            (Shelf::Caseload, "lists") => {
                let lists: ListsRead = serde_json::from_str(value)?;
                replica.caseload.duties = lists.duties.into_iter().map(|d| (d.id, d)).collect();
                replica.caseload.cards = lists.cards.into_iter().map(|c| (c.id, c)).collect();
                replica.caseload.aside = lists.aside;
            }
            (Shelf::Caseload, _) => {
                let files: Vec<FileView> = serde_json::from_str(value)?;
                replica.caseload.files.extend(files.into_iter().map(|file| (file.student.id, file)));
            }
            (Shelf::Meta, "directory") => replica.directory = serde_json::from_str::<Directory>(value)?,
            (Shelf::Meta, "phone") => {
                let place: Place = serde_json::from_str(value)?;
                replica.writer = place.writer;
                replica.next_seq = place.next_seq;
                replica.cursor = place.cursor;
                replica.fingerprint = place.fingerprint;
                replica.parting = place.parting;
                replica.server_time = place.server_time;
                replica.device_time = place.device_time;
            }
            _ => {}
        }
    }
    let writer = replica.writer;
    replica.outbox.sort_by_key(|q| (q.entry.writer == writer, q.entry.seq));
    Ok(replica)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use domain::absence::Absence;
    use domain::entry::{Body, Subject};
    use domain::student::StudentState;
    use domain::sync::{NewEntry, StudentView};

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn file(n: u128) -> FileView {
        let student = StudentView {
            id: id(n).into(),
            state: StudentState::default().into(),
            initials: String::new(),
            siblings: Vec::new(),
        };
        FileView { student, entries: Vec::new().into() }
    }

    fn replica() -> Replica {
        let mut replica = Replica::new(id(1).into());
        let absence = Absence { first_absent_on: "2026-11-18".parse().unwrap() };
        let entry = |n| NewEntry {
            id: id(n).into(),
            subject: Subject::Student(id(7).into()),
            knock: None,
            supersedes: None,
            body: Body::Absence(absence.clone()),
            label: "五村 阿依古丽家".into(),
        };
        replica.record(vec![entry(90), entry(80)], "2026-11-20T09:00:00Z".parse().unwrap()).unwrap();
        replica.caseload.files = (0..50).map(|n| (StudentId(id(n)), file(n))).collect();
        replica.cursor = Some(Cursor { epoch: 1, xid: 2, ver: 3 });
        replica.parting.insert(id(9).into());
        replica.caseload.aside.insert(id(70), Aside::Duty(r#"{"id":"…","why":"OF_TOMORROW"}"#.into()));
        replica
    }

    fn stored(rows: Vec<Plain>) -> Vec<(Shelf, String, String)> {
        rows.into_iter().filter_map(|row| Some((row.shelf, row.key, row.value?))).collect()
    }

    #[test]
    fn a_replica_comes_back_as_it_was() {
        let replica = replica();
        assert_eq!(assemble(&stored(all_rows(&replica).unwrap()), id(2).into()).unwrap(), replica);
    }

    #[test]
    fn an_empty_store_is_a_new_phone() {
        assert_eq!(assemble(&[], id(2).into()).unwrap(), Replica::new(id(2).into()));
    }

    #[test]
    fn a_changed_child_rewrites_one_chunk() {
        let changes = Changes { files: [id(3).into()].into(), ..Changes::default() };
        let rows = rows(&replica(), &changes).unwrap();
        let keys: Vec<_> = rows.iter().map(|row| (row.key.as_str(), row.value.is_some())).collect();
        assert_eq!(keys, [("03", false), ("03", true), ("phone", true)]);
    }

    #[test]
    fn many_children_lie_in_rows_a_browser_does_not_put_aside() {
        let mut replica = replica();
        replica.caseload.files = (0..9_000).map(|n| (StudentId(id(n)), file(n))).collect();
        let kept = stored(all_rows(&replica).unwrap());
        assert!(kept.iter().all(|(_, _, value)| value.len() < 64 * 1024));
        assert!(kept.iter().any(|(_, key, _)| key == "00.1"));
        assert_eq!(assemble(&kept, id(2).into()).unwrap(), replica);
    }

    #[test]
    fn half_a_pull_from_the_beginning_is_never_kept() {
        let mut replica = replica();
        replica.incoming = Some(Caseload::default());
        let changes = Changes { files: [id(3).into()].into(), lists: true, ..Changes::default() };
        assert_eq!(rows(&replica, &changes).unwrap(), []);
        let changes = Changes { outbox: vec![replica.outbox[0].entry.id], ..changes };
        let kept = stored(rows(&replica, &changes).unwrap());
        assert_eq!(kept.len(), 2);
        assert_eq!(assemble(&kept, id(1).into()).unwrap().cursor, replica.cursor.map(Cursor::beginning));
    }

    #[test]
    fn what_was_settled_is_removed() {
        let mut replica = replica();
        replica.outbox[0].progress = Progress::Refused { problems: vec![] };
        let changes = replica.settle(replica.outbox[0].entry.id);
        let rows = rows(&replica, &changes).unwrap();
        assert_eq!((rows[0].shelf, &rows[0].value), (Shelf::Outbox, &None));
    }
}
