//! The apply step: entries that arrived together, laid on the files they are about, in memory, while
//! those files are locked. `load` reads what the rules need in a few set-based statements, `take`
//! decides and folds one entry after the other, `follow` derives what follows and `store` writes it
//! all. Nothing here asks the database about a single entry.

mod load;
mod take;

use super::held::{Held, Knock};
use super::surroundings::Surroundings;
use super::{follow, store};
use crate::error::Result;
use chrono::{DateTime, Utc};
use domain::access::Place;
use domain::actor::{Actor, Grant};
use domain::duty::Duty;
use domain::entry::Entry;
use domain::ids::{DutyId, EntryId, KnockId, SchoolId, StudentId, UserId};
use domain::judge::Known;
use domain::student::StudentState;
use domain::sync::{Answer, Cursor};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Who writes, and how that is known.
#[derive(Clone, Debug)]
pub struct Author {
    /// The person, with the grants they hold now.
    pub actor: Actor,
    /// By a session; otherwise by nothing but the code of a knock.
    pub signed_in: bool,
    /// The phone's place in the server's order: what was allowed then still counts.
    pub cursor: Option<Cursor>,
}

/// An entry as it came.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// The entry, read.
    pub entry: Entry,
    /// The same, byte for byte.
    pub raw: Box<str>,
    /// When it was received.
    pub at: DateTime<Utc>,
}

/// A child's file while its row is locked.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    /// What the database has; `None` for a file that begins here.
    pub stored: Option<Stored>,
    /// Where the child stands now.
    pub state: StudentState,
    /// Persons the child is named to.
    pub named: Vec<Uuid>,
}

#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub state: StudentState,
    /// Keys of the scopes that covered the child, persons not counted.
    pub scopes: Vec<Uuid>,
}

/// An id that the database has already.
#[derive(Clone, Debug)]
struct Taken {
    author: UserId,
    raw: Option<String>,
    at: DateTime<Utc>,
    quarantined: bool,
}

/// What the author held and what covered these children at the phone's last pull, though no longer now.
#[derive(Clone, Debug, Default)]
struct Past {
    grants: Vec<Grant>,
    scopes: BTreeMap<StudentId, Vec<Uuid>>,
}

/// What came of the entries, to be written.
#[derive(Debug, Default)]
pub(super) struct New<'a> {
    pub entries: Vec<&'a Arrived>,
    /// With the school whose office decides.
    pub quarantined: Vec<(&'a Arrived, SchoolId)>,
    pub visits: Vec<&'a Arrived>,
    /// Visits that another stands instead of.
    pub superseded: Vec<(EntryId, EntryId)>,
    pub withdrawn: Vec<EntryId>,
    pub knocks: BTreeSet<KnockId>,
    /// Duties that do not follow from where a child stands.
    pub duties: Vec<Duty>,
    /// Of these, what the office has settled.
    pub settled: Vec<DutyId>,
}

/// Entries on the files they are about.
#[derive(Debug)]
pub(super) struct Batch<'a> {
    pub around: &'a Surroundings,
    pub author: &'a Author,
    pub files: BTreeMap<StudentId, File>,
    pub knocks: BTreeMap<KnockId, Knock>,
    /// In the server's order: the later of two that weigh the same stands.
    pub held: Vec<Held>,
    known: BTreeMap<EntryId, Known>,
    taken: BTreeMap<EntryId, Taken>,
    past: Past,
    /// The office has said that it may stand, whatever right its author has now.
    by_office: bool,
    pub new: New<'a>,
}

/// Applies entries in their order. What is refused or kept for the office is answered like the rest.
///
/// # Errors
/// The database does not answer, or cannot hold a value: then nothing of this call counts.
pub(super) async fn apply(
    tx: &mut PgConnection,
    around: &Surroundings,
    author: &Author,
    arrived: &[Arrived],
) -> Result<Vec<Answer>> {
    let mut batch = Batch::load(tx, around, author, arrived).await?;
    let answers = arrived.iter().map(|one| batch.take(one)).collect();
    let following = follow::of(&batch);
    store::write(tx, &batch, &following).await?;
    Ok(answers)
}

/// Applies an entry that was kept for the office, because the office says so. It stands as its author
/// wrote it, then and under their name; only their right of now is not asked for.
///
/// # Errors
/// As `apply`.
pub async fn take_kept(
    tx: &mut PgConnection,
    around: &Surroundings,
    author: &Author,
    kept: &Arrived,
) -> Result<Answer> {
    let mut batch = Batch::load(tx, around, author, std::slice::from_ref(kept)).await?;
    batch.by_office = true;
    // It is the very entry that has this id.
    batch.taken.clear();
    let answer = batch.take(kept);
    // What does not stand is kept already.
    if matches!(answer, Answer::Accepted { .. }) {
        let following = follow::of(&batch);
        store::write(tx, &batch, &following).await?;
    }
    Ok(answer)
}

impl File {
    fn school(&self) -> Option<SchoolId> {
        self.state.basics.as_ref().map(|basics| basics.school)
    }

    /// Whether anything came of the entries.
    pub(super) fn is_changed(&self) -> bool {
        self.stored.as_ref().is_none_or(|stored| stored.state != self.state)
    }
}

impl Batch<'_> {
    /// Where a child is at home, for the question who may write.
    fn place_of(&self, file: &File) -> Option<Place> {
        let basics = file.state.basics.as_ref()?;
        let mut scopes = self.around.scopes(basics, false);
        scopes.extend(&file.named);
        Some(Place { county: Some(self.around.county), scopes, open: false })
    }
}
