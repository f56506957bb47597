//! The children a county knows already, and which row of a roster means which of them: by the keyed hash
//! of the id number, else by name and birth date within the school where only one can be meant.

use crate::database::Transaction;
use crate::error::Result;
use crate::secret::Secret;
use chrono::NaiveDate;
use domain::id_number::IdNumber;
use domain::ids::{ClassId, CountyId, HouseholdId, SchoolId, StudentId};
use domain::roster::Line;
use domain::student::{Guardian, StudentState};
use sqlx::Row;
use sqlx::types::Json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A child of the county.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub id: StudentId,
    pub school: SchoolId,
    pub class: ClassId,
    pub state: StudentState,
    pub hash: Option<Vec<u8>>,
}

/// A child as a household may have it: nothing but its guardians.
#[derive(Clone, Debug)]
pub(super) struct Relative {
    pub id: StudentId,
    pub school: SchoolId,
    pub guardians: Vec<Guardian>,
    pub household: Option<HouseholdId>,
    /// A roster has named a household before, whatever was decided since.
    pub linked_before: bool,
}

/// Children the file may mean, and who each row means.
#[derive(Debug, Default)]
pub(super) struct Matched {
    pub known: Vec<Known>,
    /// For each line the place in `known`.
    pub rows: Vec<Option<usize>>,
    /// Lines whose child was known under another id number.
    pub id_changed: Vec<usize>,
}

/// The keyed hash by which a child is found again.
pub(super) fn id_hash(secret: &Secret, county: CountyId, number: &IdNumber) -> Vec<u8> {
    secret.keyed_hash("id number", &[county.0.as_bytes(), number.expose().as_bytes()]).to_vec()
}

/// Finds the children of the lines.
pub(super) async fn find(
    tx: &mut Transaction,
    secret: &Secret,
    county: CountyId,
    school: SchoolId,
    lines: &[Line],
) -> Result<Matched> {
    let hashes: Vec<Option<Vec<u8>>> =
        lines.iter().map(|line| line.id_number.as_ref().map(|id| id_hash(secret, county, id))).collect();
    let rows = sqlx::query(
        "SELECT id, school, class, state, id_no_hash FROM student
         WHERE county = $1 AND (school = $2 OR id_no_hash = ANY($3)) ORDER BY id",
    )
    .bind(county.0)
    .bind(school.0)
    .bind(hashes.iter().flatten().collect::<Vec<_>>())
    .fetch_all(&mut **tx)
    .await?;
    let mut known = Vec::with_capacity(rows.len());
    for row in rows {
        known.push(Known {
            id: StudentId(row.try_get("id")?),
            school: SchoolId(row.try_get("school")?),
            class: ClassId(row.try_get("class")?),
            state: row.try_get::<Json<StudentState>, _>("state")?.0,
            hash: row.try_get("id_no_hash")?,
        });
    }
    Ok(matched(known, &hashes, school, lines))
}

fn matched(known: Vec<Known>, hashes: &[Option<Vec<u8>>], school: SchoolId, lines: &[Line]) -> Matched {
    let by_hash: BTreeMap<&[u8], usize> =
        known.iter().enumerate().filter_map(|(at, known)| Some((known.hash.as_deref()?, at))).collect();
    let mut rows: Vec<Option<usize>> =
        hashes.iter().map(|hash| by_hash.get(hash.as_deref()?).copied()).collect();
    let taken: BTreeSet<usize> = rows.iter().copied().flatten().collect();
    // What the last roster called the child, whatever a teacher corrected since.
    let mut by_name: BTreeMap<(&str, NaiveDate), Vec<usize>> = BTreeMap::new();
    for (at, child) in known.iter().enumerate().filter(|(at, k)| k.school == school && !taken.contains(at)) {
        let born = child.state.roster.get("birth_date").and_then(|date| date.parse().ok());
        if let (Some(name), Some(born)) = (child.state.roster.get("name"), born) {
            by_name.entry((name, born)).or_default().push(at);
        }
    }
    let mut wanted: BTreeMap<(&str, NaiveDate), Vec<usize>> = BTreeMap::new();
    for (n, line) in lines.iter().enumerate().filter(|(n, _)| rows.get(*n) == Some(&None)) {
        if let Some(born) = line.basics.birth_date {
            wanted.entry((&line.basics.name, born)).or_default().push(n);
        }
    }
    let mut id_changed = Vec::new();
    let mut found = Vec::new();
    for (who, of) in wanted {
        if let ([n], Some([at])) = (of.as_slice(), by_name.get(&who).map(Vec::as_slice)) {
            let had_one = known.get(*at).is_some_and(|k| k.hash.is_some());
            if had_one && hashes.get(*n).is_some_and(Option::is_some) {
                id_changed.push(*n);
            }
            found.push((*n, *at));
        }
    }
    for (n, at) in found {
        if let Some(row) = rows.get_mut(n) {
            *row = Some(at);
        }
    }
    Matched { known, rows, id_changed }
}

/// Every child of the county with its guardians, for the question who lives together.
pub(super) async fn relatives(tx: &mut Transaction, county: CountyId) -> Result<Vec<Relative>> {
    let rows = sqlx::query(
        "SELECT id, school, household, coalesce(state #> '{basics,guardians}', '[]') AS guardians,
                state #>> '{roster,household}' IS NOT NULL AS linked_before
         FROM student WHERE county = $1 ORDER BY id",
    )
    .bind(county.0)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Relative {
                id: StudentId(row.try_get("id")?),
                school: SchoolId(row.try_get("school")?),
                guardians: row.try_get::<Json<Vec<Guardian>>, _>("guardians")?.0,
                household: row.try_get::<Option<Uuid>, _>("household")?.map(HouseholdId),
                linked_before: row.try_get("linked_before")?,
            })
        })
        .collect()
}

/// The ways in which a guardian can be the same as another child's, as ids that tell nothing.
pub(super) fn guardian_keys(
    secret: &Secret,
    guardians: &[Guardian],
    ids: &[Option<String>],
) -> Vec<HouseholdId> {
    let key = |purpose, parts: &[&[u8]]| {
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(secret.keyed_hash(purpose, parts)) {
            *to = from;
        }
        HouseholdId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    };
    let by_phone = guardians.iter().filter_map(|guardian| {
        let phone = guardian.phone.as_ref()?;
        Some(key("guardian name and phone", &[guardian.name.as_bytes(), phone.as_bytes()]))
    });
    let by_id = ids.iter().flatten().map(|id| key("guardian id number", &[id.as_bytes()]));
    by_phone.chain(by_id).collect()
}

/// Keeps the id numbers: the hash to find a child by, the number itself sealed to the child, and the
/// last four characters for lists.
pub(crate) async fn keep_ids(
    tx: &mut Transaction,
    secret: &Secret,
    county: CountyId,
    ids: &[(StudentId, &IdNumber)],
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut ciphers = Vec::with_capacity(ids.len());
    for (student, number) in ids {
        ciphers.push(secret.seal("id number", student.0.as_bytes(), number.expose().as_bytes())?);
    }
    sqlx::query(
        "UPDATE student s SET id_no_hash = n.hash, id_no_cipher = n.cipher, id_no_last4 = n.last4
         FROM unnest($2::uuid[], $3::bytea[], $4::bytea[], $5::text[]) AS n (id, hash, cipher, last4)
         WHERE s.county = $1 AND s.id = n.id",
    )
    .bind(county.0)
    .bind(ids.iter().map(|(student, _)| student.0).collect::<Vec<_>>())
    .bind(ids.iter().map(|(_, number)| id_hash(secret, county, number)).collect::<Vec<_>>())
    .bind(ciphers)
    .bind(ids.iter().map(|(_, number)| number.last4().to_owned()).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
